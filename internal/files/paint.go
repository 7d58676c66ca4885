package files

import (
	"bytes"
	"context"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
)

// The bounds of a picture that is painted anew. A pixel takes four bytes while
// that happens, and one picture is painted at a time.
const (
	maxPixels = 24 << 20
	maxEdge   = 16_384
	maxSource = 16 << 20
)

// Paint decodes a picture and encodes it again, so that nothing is left of what
// else its bytes may be. ok is false for what is no picture or too large.
func (s *Service) Paint(ctx context.Context, body []byte) (out []byte, kind string, ok bool) {
	select {
	case s.paint <- struct{}{}:
		defer func() { <-s.paint }()
	case <-ctx.Done():
		return nil, "", false
	}
	return Repaint(body)
}

// Size is the size of a picture; ok is false for what is none.
func Size(body []byte) (width, height int, ok bool) {
	c, _, err := config(body)
	return c.Width, c.Height, err == nil
}

func config(body []byte) (image.Config, string, error) {
	r := bytes.NewReader(body)
	switch Sniff(body) {
	case "image/png":
		c, err := png.DecodeConfig(r)
		return c, "image/png", err
	case "image/jpeg":
		c, err := jpeg.DecodeConfig(r)
		return c, "image/jpeg", err
	case "image/gif":
		c, err := gif.DecodeConfig(r)
		return c, "image/gif", err
	}
	return image.Config{}, "", image.ErrFormat
}

// Repaint is Paint without a place in the queue.
func Repaint(body []byte) (out []byte, kind string, ok bool) {
	if len(body) > maxSource {
		return nil, "", false
	}
	c, kind, err := config(body)
	if err != nil || c.Width <= 0 || c.Height <= 0 || c.Width > maxEdge || c.Height > maxEdge || c.Width*c.Height > maxPixels {
		return nil, "", false
	}
	var b bytes.Buffer
	switch kind {
	case "image/jpeg":
		m, err := jpeg.Decode(bytes.NewReader(body))
		if err != nil || jpeg.Encode(&b, m, &jpeg.Options{Quality: 88}) != nil {
			return nil, "", false
		}
		return b.Bytes(), kind, true
	case "image/gif":
		m, err := gif.Decode(bytes.NewReader(body)) // the first picture of an animation
		if err != nil || png.Encode(&b, m) != nil {
			return nil, "", false
		}
		return b.Bytes(), "image/png", true
	}
	m, err := png.Decode(bytes.NewReader(body))
	if err != nil || png.Encode(&b, m) != nil {
		return nil, "", false
	}
	return b.Bytes(), kind, true
}

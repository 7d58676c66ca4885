package inboxes

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Keys are the master keys of an installation: the first seals and signs, every
// one of them opens and verifies, so a key is changed by putting a new one in
// front and retiring the old one later.
type Keys struct{ masters [][]byte }

// keyFile is where the key is kept when the configuration names none.
const keyFile = "secret.key"

// LoadKeys takes the keys of the configuration (64 hexadecimal digits each, the
// newest first, separated by commas or white space) or, when that is empty, the
// one in the folder, which is made at the first start and readable by its owner
// only.
func LoadKeys(configured, dir string) (*Keys, error) {
	if strings.TrimSpace(configured) != "" {
		return ParseKeys(configured)
	}
	name := filepath.Join(dir, keyFile)
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeKeyFile(dir, name); err == nil {
			data, err = os.ReadFile(name)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the secret key: %w", err)
	}
	keys, err := ParseKeys(string(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return keys, nil
}

// makeKeyFile writes a new key beside its place and links it there: of two
// programs that start at once both use the key of the first, and nobody reads
// half of one.
func makeKeyFile(dir, name string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, keyFile+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(hex.EncodeToString(key[:]) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// ParseKeys reads keys as LoadKeys takes them.
func ParseKeys(text string) (*Keys, error) {
	k := &Keys{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == '\t' }) {
		key, err := hex.DecodeString(word)
		if err != nil || len(key) != 32 {
			return nil, errors.New("a secret key has 64 hexadecimal digits; make one with: openssl rand -hex 32")
		}
		k.masters = append(k.masters, key)
	}
	if len(k.masters) == 0 {
		return nil, errors.New("there is no secret key in it")
	}
	return k, nil
}

// Derive gives the key of one purpose: 32 bytes of HKDF-SHA-256 (RFC 5869) over
// the newest master key. What must hold through a change of keys is checked
// against DeriveAll.
func (k *Keys) Derive(purpose string) []byte { return derive(k.masters[0], purpose) }

// DeriveAll gives the keys of one purpose, the newest first.
func (k *Keys) DeriveAll(purpose string) [][]byte {
	out := make([][]byte, len(k.masters))
	for i, m := range k.masters {
		out[i] = derive(m, purpose)
	}
	return out
}

func derive(master []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, master, nil, "rapport "+purpose, 32)
	if err != nil {
		panic("inboxes: HKDF gives 32 bytes of SHA-256: " + err.Error())
	}
	return key
}

// Seal encrypts data for the place that it is kept in; bytes that are moved to
// another place don't open.
func (k *Keys) Seal(place string, data []byte) []byte {
	aead := cipherOf(k.Derive("seal"))
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		panic("inboxes: the system's random source failed: " + err.Error())
	}
	return aead.Seal(nonce, nonce, data, []byte(place))
}

// errSealed is all that is said about sealed bytes that don't open.
var errSealed = errors.New("a secret can't be opened: it was sealed with another key")

// Open is the reverse of Seal.
func (k *Keys) Open(place string, sealed []byte) ([]byte, error) {
	for _, key := range k.DeriveAll("seal") {
		aead := cipherOf(key)
		if len(sealed) < aead.NonceSize() {
			break
		}
		if data, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(place)); err == nil {
			return data, nil
		}
	}
	return nil, errSealed
}

func cipherOf(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("inboxes: a key of 32 bytes is one of AES-256: " + err.Error())
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("inboxes: AES has the block size of GCM: " + err.Error())
	}
	return aead
}

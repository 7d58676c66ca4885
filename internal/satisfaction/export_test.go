package satisfaction

import (
	"reflect"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Untold lists the texts that a language lacks.
func Untold(l string) (out []string) {
	t, err := textsOf(l)
	if err != nil || t == nil {
		return []string{"everything"}
	}
	v := reflect.ValueOf(*t)
	for i := range v.NumField() {
		if v.Field(i).String() == "" {
			out = append(out, v.Type().Field(i).Name)
		}
	}
	return out
}

// TokenOf is the token of a survey.
func (s *Service) TokenOf(id crm.ID) string { return s.token(id) }

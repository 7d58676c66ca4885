package understand

import "slices"

// How the digits of a number check themselves.
const (
	checkLuhn  = "luhn"    // ISO/IEC 7812-1
	checkMod97 = "mod97"   // ISO 7064 MOD 97-10: the whole number leaves 1
	checkMod11 = "mod11"   // weights 1, 2, 3 … from the right; X is ten
	checkISO11 = "mod11_2" // ISO 7064 MOD 11-2; X is ten
)

// checks are tried in this order. enough is how many different examples have to
// satisfy one before it is believed: all of them together are then right by
// chance less than once in a hundred times.
var checks = []struct {
	name   string
	enough int
	holds  func(string) bool
}{
	{checkMod97, 2, func(d string) bool { return len(d) >= 5 && rest97(d) == 1 }},
	{checkLuhn, 3, func(d string) bool { return len(d) >= 4 && luhnSum(d)%10 == 0 }},
	{checkMod11, 3, func(d string) bool { return len(d) >= 5 && weighted11(d) == 0 }},
	{checkISO11, 3, func(d string) bool { return len(d) >= 5 && iso11(d) == 1 }},
}

// learnCheck finds the check that all examples satisfy, over all of their digits
// or over the last run of digits.
func learnCheck(examples []string) (name string, last bool) {
	for _, last := range []bool{false, true} {
		var digits []string
		for _, e := range examples {
			if d := checked(e, last); !slices.Contains(digits, d) {
				digits = append(digits, d)
			}
		}
		for _, c := range checks {
			if len(digits) >= c.enough && !slices.ContainsFunc(digits, func(d string) bool { return !c.holds(d) }) {
				return c.name, last
			}
		}
	}
	return "", false
}

// checkHolds reports whether a number, upper case, satisfies a check.
func checkHolds(name, number string, last bool) bool {
	for _, c := range checks {
		if c.name == name {
			return c.holds(checked(number, last))
		}
	}
	return false
}

// checked is what a check is over: all digits of a number or those of its last
// run, with an X that ends it.
func checked(number string, last bool) string {
	end := len(number)
	var out []byte
	for i := range end {
		switch c := number[i]; {
		case isDigit(c):
			out = append(out, c)
		case c == 'X' && i == end-1 && i > 0 && isDigit(number[i-1]):
			out = append(out, c)
		case last:
			out = out[:0]
		}
	}
	return string(out)
}

func rest97(d string) int {
	rest := 0
	for i := range len(d) {
		if !isDigit(d[i]) {
			return -1
		}
		rest = mod97(rest, d[i])
	}
	return rest
}

// luhnSum is the sum of ISO/IEC 7812-1, whatever the first digit is.
func luhnSum(d string) int {
	sum := 0
	for i := range len(d) {
		if !isDigit(d[i]) {
			return 1
		}
		v := int(d[i] - '0')
		if (len(d)-1-i)%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum
}

func value11(c byte) int {
	if c == 'X' {
		return 10
	}
	return int(c - '0')
}

// weighted11 is the sum of ISBN-10 and its like: the check digit weighs 1.
func weighted11(d string) int {
	sum := 0
	for i := range len(d) {
		sum += (len(d) - i) * value11(d[i])
	}
	return sum % 11
}

func iso11(d string) int {
	rest := 0
	for i := range len(d) {
		rest = (rest*2 + value11(d[i])) % 11
	}
	return rest
}

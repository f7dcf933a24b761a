package schema

import (
	"errors"
	"testing"
)

func TestNormalizeCode(t *testing.T) {
	for code, want := range map[string]string{
		"SKU-1":                 "SKU-1",
		"":                      "",
		"GTIN:1":                "GTIN:1",
		"gtin:4006381333931":    "gtin:04006381333931",
		"gtin:04006381333931":   "gtin:04006381333931",
		"gtin:96385074":         "gtin:00000096385074",
		"gtin:614141000036":     "gtin:00614141000036",
		"gtin:10614141000415":   "gtin:10614141000415",
		"gln:4012345000009":     "gln:4012345000009",
		"gln:614141000012":      "gln:0614141000012",
		"gtin: 4006381333931":   "",
		"gtin:4006381333932":    "",
		"gtin:":                 "",
		"gtin:00000000000000":   "",
		"gtin:٤٠٠٦٣٨١٣٣٣٩٣١":    "",
		"gln:10614141000415":    "",
		"gtin:400638133393100":  "",
		"gtin:-4006381333931":   "",
		"gln:40123450000091234": "",
	} {
		got, err := NormalizeCode(code)
		var refused *FieldError
		if got != want || want == "" && code != "" && (!errors.As(err, &refused) || refused.Reason != ReasonInvalidCode) {
			t.Errorf("%q became %q (%v), want %q", code, got, err, want)
		}
	}
}

// Every single wrong digit must be found: that is what a check digit is for.
func TestCheckDigitFindsEveryWrongDigit(t *testing.T) {
	good := []byte("gtin:04006381333931")
	for i := len(gtinPrefix); i < len(good); i++ {
		for digit := byte('0'); digit <= '9'; digit++ {
			bad := append([]byte{}, good...)
			bad[i] = digit
			if _, err := NormalizeCode(string(bad)); (err == nil) != (digit == good[i]) {
				t.Errorf("%s: %v", bad, err)
			}
		}
	}
}

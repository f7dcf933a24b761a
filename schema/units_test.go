package schema

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// convertByRational is Convert as its documentation has it.
func convertByRational(quantity Quantity, ratio UnitRatio) (int64, error) {
	if quantity.Scale < 0 || quantity.Scale > MaxScale {
		return 0, ErrScale
	}
	if ratio.Numerator <= 0 || ratio.Denominator <= 0 {
		return 0, ErrRatio
	}
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(quantity.Scale)), nil)
	units := new(big.Rat).SetFrac(big.NewInt(quantity.Value), ten)
	units.Mul(units, big.NewRat(ratio.Numerator, ratio.Denominator))
	if !units.IsInt() {
		return 0, ErrFractional
	}
	if new(big.Rat).Abs(units).Cmp(new(big.Rat).SetInt64(MaxUnits)) > 0 {
		return 0, ErrOverflow
	}
	return units.Num().Int64(), nil
}

func TestConvert(t *testing.T) {
	for _, test := range []struct {
		quantity               Quantity
		numerator, denominator int64
		want                   int64
		err                    error
	}{
		{Quantity{25, 1, "XCS"}, 12, 1, 30, nil},
		{Quantity{-25, 1, "XCS"}, 12, 1, -30, nil},
		{Quantity{5, 1, ""}, 1, 1, 0, ErrFractional},
		{Quantity{0, 18, ""}, 1, math.MaxInt64, 0, nil},
		{Quantity{3, 0, ""}, 1, 3, 1, nil},
		{Quantity{1, 0, ""}, 1, 3, 0, ErrFractional},
		{Quantity{MaxUnits, 0, ""}, 1, 1, MaxUnits, nil},
		{Quantity{-MaxUnits, 0, ""}, 1, 1, -MaxUnits, nil},
		{Quantity{MaxUnits + 1, 0, ""}, 1, 1, 0, ErrOverflow},
		{Quantity{math.MinInt64, 0, ""}, 1, 1, 0, ErrOverflow},
		{Quantity{math.MinInt64, 0, ""}, math.MaxInt64, 1, 0, ErrOverflow},
		{Quantity{math.MinInt64, 0, ""}, math.MaxInt64, math.MaxInt64, 0, ErrOverflow},
		{Quantity{math.MinInt64, 18, ""}, 1, math.MaxInt64, 0, ErrFractional},
		{Quantity{math.MaxInt64, 0, ""}, math.MaxInt64, 2, 0, ErrFractional},
		{Quantity{1e18, 18, ""}, math.MaxInt64, math.MaxInt64, 1, nil},
		{Quantity{1, -1, ""}, 1, 1, 0, ErrScale},
		{Quantity{1, 19, ""}, 1, 1, 0, ErrScale},
		{Quantity{1, 0, ""}, 0, 1, 0, ErrRatio},
		{Quantity{1, 0, ""}, 1, -1, 0, ErrRatio},
	} {
		got, err := Convert(test.quantity, UnitRatio{"", test.numerator, test.denominator})
		if got != test.want || !errors.Is(err, test.err) {
			t.Errorf("%+v × %d/%d: got %d, %v; want %d, %v", test.quantity, test.numerator, test.denominator, got, err, test.want, test.err)
		}
	}
}

func TestConvertIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Whole results are rare among random ones: multiply some into place.
		scale := rapid.Int32Range(-1, 19).Draw(t, "scale")
		value := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1e6, 1e6)).Draw(t, "value")
		numerator := rapid.OneOf(rapid.Int64(), rapid.Int64Range(1, 1000)).Draw(t, "numerator")
		denominator := rapid.OneOf(rapid.Int64(), rapid.Int64Range(1, 1000)).Draw(t, "denominator")
		if rapid.Bool().Draw(t, "whole") && scale >= 0 && scale <= 9 && denominator < 1000 {
			value = value % 1_000_000 * int64(powersOfTen[scale]) * max(denominator, 1) % math.MaxInt64
		}
		quantity, ratio := Quantity{Value: value, Scale: scale}, UnitRatio{"", numerator, denominator}
		sameConversion(t, quantity, ratio)
	})
}

func sameConversion(t interface{ Fatalf(string, ...any) }, quantity Quantity, ratio UnitRatio) {
	got, err := Convert(quantity, ratio)
	want, wantErr := convertByRational(quantity, ratio)
	if got != want || !errors.Is(err, wantErr) {
		t.Fatalf("%+v × %+v: got %d, %v; want %d, %v", quantity, ratio, got, err, want, wantErr)
	}
}

func FuzzConvert(f *testing.F) {
	f.Add(int64(25), int32(1), int64(12), int64(1))
	f.Add(int64(math.MinInt64), int32(18), int64(math.MaxInt64), int64(math.MaxInt64))
	f.Add(int64(1e18), int32(18), int64(math.MaxInt64), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, value int64, scale int32, numerator, denominator int64) {
		sameConversion(t, Quantity{Value: value, Scale: scale}, UnitRatio{"", numerator, denominator})
	})
}

func TestConvertAllocatesNothing(t *testing.T) {
	quantity, ratio := Quantity{25, 1, "XCS"}, UnitRatio{"XCS", 12, 1}
	if n := testing.AllocsPerRun(100, func() { _, _ = Convert(quantity, ratio) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

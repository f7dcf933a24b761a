package schema

import (
	"errors"
	"math/big"
	"math/bits"
)

// MaxUnits bounds what one event may move, in base units, in either direction.
const MaxUnits int64 = 1_000_000_000_000

// MaxScale is the largest scale of a quantity: 10^18 still fits a long.
const MaxScale = 18

// What Convert refuses. Nothing is rounded and nothing wraps.
var (
	ErrFractional = errors.New("quantity isn't a whole number of base units: correct the quantity or the item's unit table")
	ErrOverflow   = errors.New("quantity is beyond 10^12 base units: correct the quantity or the item's unit table")
	ErrScale      = errors.New("quantity has a scale outside 0 to 18: write it with at most 18 decimal places")
	ErrRatio      = errors.New("unit has a ratio that isn't positive: correct the item's unit table")
)

var powersOfTen = [MaxScale + 1]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// Convert returns the quantity in base units: Value × 10^-Scale × Numerator /
// Denominator, exactly. The units' names aren't compared. It returns
// ErrFractional where that isn't whole, however large, else ErrOverflow where
// it is beyond ±MaxUnits; ErrScale and ErrRatio for what no checked event and
// no checked unit table can hold.
func Convert(quantity Quantity, ratio UnitRatio) (int64, error) {
	if quantity.Scale < 0 || quantity.Scale > MaxScale {
		return 0, ErrScale
	}
	if ratio.Numerator <= 0 || ratio.Denominator <= 0 {
		return 0, ErrRatio
	}
	// value × numerator and 10^scale × denominator, each in 128 bits: two int64
	// and two uint64 can't overflow that.
	high, low := bits.Mul64(magnitude(quantity.Value), uint64(ratio.Numerator))
	over, divisor := bits.Mul64(powersOfTen[quantity.Scale], uint64(ratio.Denominator))
	if over != 0 {
		return convertSlowly(quantity, ratio)
	}
	// Two steps of a long division: the quotient may need 128 bits, and the
	// remainder decides between a fraction and an overflow.
	quotientHigh, rest := bits.Div64(0, high, divisor)
	quotient, remainder := bits.Div64(rest, low, divisor)
	switch {
	case remainder != 0:
		return 0, ErrFractional
	case quotientHigh != 0 || quotient > uint64(MaxUnits):
		return 0, ErrOverflow
	case quantity.Value < 0:
		return -int64(quotient), nil
	}
	return int64(quotient), nil
}

// convertSlowly is Convert for a divisor of more than 64 bits.
func convertSlowly(quantity Quantity, ratio UnitRatio) (int64, error) {
	numerator := new(big.Int).Mul(big.NewInt(quantity.Value), big.NewInt(ratio.Numerator))
	denominator := new(big.Int).SetUint64(powersOfTen[quantity.Scale])
	denominator.Mul(denominator, big.NewInt(ratio.Denominator))
	quotient, remainder := new(big.Int).QuoRem(numerator, denominator, new(big.Int))
	switch {
	case remainder.Sign() != 0:
		return 0, ErrFractional
	case quotient.CmpAbs(big.NewInt(MaxUnits)) > 0:
		return 0, ErrOverflow
	}
	return quotient.Int64(), nil
}

// magnitude is |value|, also of the smallest long, whose negation would wrap.
func magnitude(value int64) uint64 {
	if value < 0 {
		return -uint64(value)
	}
	return uint64(value)
}

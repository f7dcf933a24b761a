package retail

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// invented is a small export of a shop that never was: few items, large and
// small lines, credits and write-offs, spread over two months or, for every
// fourth seed, all of one minute.
func invented(seed uint64) *Orders {
	random := rand.New(rand.NewPCG(seed, 7))
	orders := &Orders{}
	for order := range 40 {
		at := time.Date(2026, 1, 1+random.IntN(60), random.IntN(24), random.IntN(60), 0, 0, time.UTC)
		if seed%4 == 3 {
			at = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		for line := range 1 + random.IntN(4) {
			code := fmt.Sprintf("%c-%d", "abAB"[random.IntN(4)], random.IntN(8))
			row := Line{Order: fmt.Sprint(1000 + order), ID: fmt.Sprint(line + 1), Code: code,
				Quantity: 1 + random.Int64N(60), At: at}
			switch random.IntN(12) {
			case 0:
				row.Order, row.Quantity = "C"+row.Order, -row.Quantity
			case 1:
				row.Quantity = -row.Quantity
			}
			orders.Lines = append(orders.Lines, row)
		}
	}
	return orders
}

package model

import (
	"testing"
)

// The law itself: what a set means depends neither on the order of its
// deliveries nor on their copies.
func TestSetDecidesAlone(t *testing.T) {
	for seed := range uint64(2000) {
		set := Generate(seed)
		want := set.Evaluate()
		for shuffle := range uint64(3) {
			got := set.Model.Evaluate(set.Deliveries(shuffle), set.Now)
			if difference := Diff(want, got); difference != "" {
				t.Fatalf("seed %d, shuffle %d:\n%s\n%s", seed, shuffle, difference, set)
			}
		}
	}
}

// The network row is the sum of the others, and ATP what the contract says.
func TestRowsAddUp(t *testing.T) {
	for seed := range uint64(1000) {
		sums := map[string]Balance{}
		result := Generate(seed).Evaluate()
		for _, row := range result.Balances {
			if row.ATP != row.OnHand-row.Committed-row.Reserved {
				t.Fatalf("seed %d: %s", seed, row)
			}
			sum := sums[row.SKU]
			weight := int64(1)
			if row.Location == Network {
				weight = -1
			}
			sum.OnHand += weight * row.OnHand
			sum.Committed += weight * row.Committed
			sum.Reserved += weight * row.Reserved
			sum.Preordered += weight * row.Preordered
			sum.Provisional += weight * row.Provisional
			sums[row.SKU] = sum
		}
		for sku, sum := range sums {
			if sum != (Balance{}) {
				t.Fatalf("seed %d: the rows of %s differ from its network row by %s", seed, sku, sum)
			}
		}
	}
}

func BenchmarkEvaluate60Events(b *testing.B) {
	set := GenerateSized(1, 60)
	deliveries := set.InOrder()
	for b.Loop() {
		set.Model.Evaluate(deliveries, set.Now)
	}
}

package schema

import (
	"bytes"
	"testing"
)

// The hashes are those of Kafka's own UtilsTest.testMurmur2: other clients'
// producers place keys by them.
func TestPartitionHashesAsKafkaDoes(t *testing.T) {
	for key, want := range map[string]int32{
		"21":                         -973932308,
		"foobar":                     -790332482,
		"a-little-bit-long-string":   -985981536,
		"a-little-bit-longer-string": -1486304829,
		"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
		"abc": 479470107,
	} {
		if got := int32(murmur2([]byte(key))); got != want {
			t.Errorf("murmur2(%q) = %d, want %d", key, got, want)
		}
	}
}

func TestPartitionStaysWithinTheTopic(t *testing.T) {
	for length := range 64 {
		key := bytes.Repeat([]byte{0xff}, length)
		for partitions := -1; partitions < 20; partitions++ {
			got := Partition(key, partitions)
			if got < 0 || (got != 0 && int(got) >= partitions) {
				t.Fatalf("Partition(%d bytes, %d) = %d", length, partitions, got)
			}
		}
	}
}

func TestPartitionTakesNoKeyAsEmpty(t *testing.T) {
	if got, want := Partition(nil, 7), Partition([]byte{}, 7); got != want {
		t.Fatalf("Partition(nil) = %d, of an empty key %d", got, want)
	}
}

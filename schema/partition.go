package schema

// Constants of MurmurHash2 as Kafka's clients use it.
const (
	murmurSeed       uint32 = 0x9747b28c
	murmurMultiplier uint32 = 0x5bd1e995
)

// Partition names the partition of a key among so many partitions, as Kafka's
// default partitioner does (murmur2, sign bit cleared, modulo): producers of
// other systems, the ingester and forwarding must agree on it, or one SKU's
// events would meet in two shards. A nil key counts as an empty one. Fewer
// than two partitions: always 0.
func Partition(key []byte, partitions int) int32 {
	if partitions < 2 {
		return 0
	}
	return int32(murmur2(key)&0x7fffffff) % int32(partitions)
}

// murmur2 is the hash of org.apache.kafka.common.utils.Utils.
func murmur2(data []byte) uint32 {
	hash := murmurSeed ^ uint32(len(data))
	for len(data) >= 4 {
		word := uint32(data[0]) | uint32(data[1])<<8 | uint32(data[2])<<16 | uint32(data[3])<<24
		data = data[4:]
		word *= murmurMultiplier
		word ^= word >> 24
		word *= murmurMultiplier
		hash *= murmurMultiplier
		hash ^= word
	}
	for at := len(data) - 1; at >= 0; at-- {
		hash ^= uint32(data[at]) << (8 * at)
	}
	if len(data) > 0 {
		hash *= murmurMultiplier
	}
	hash ^= hash >> 13
	hash *= murmurMultiplier
	hash ^= hash >> 15
	return hash
}

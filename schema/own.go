package schema

import "encoding/binary"

// IsOwnEncoding reports whether a record's value is an event in single-object
// encoding by one of our own schemas, so that it need not be encoded again.
func IsOwnEncoding(value []byte) bool {
	if len(value) < singleObjectHeader || string(value[:len(singleObjectMagic)]) != singleObjectMagic {
		return false
	}
	fingerprint := binary.LittleEndian.Uint64(value[len(singleObjectMagic):])
	return fingerprint == inventoryEventFingerprint || fingerprint == referenceEventFingerprint
}

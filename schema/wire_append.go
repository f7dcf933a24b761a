package schema

import "encoding/binary"

// The primitives of Avro's binary encoding, appended to a buffer. Avro's long
// is the zigzag varint of encoding/binary.

// appendLongs serves int and enum too: Avro writes all three alike.
func appendLongs(dst []byte, numbers ...int64) []byte {
	for _, number := range numbers {
		dst = binary.AppendVarint(dst, number)
	}
	return dst
}

// appendStrings writes length and bytes, whatever they are.
func appendStrings(dst []byte, texts ...string) []byte {
	for _, text := range texts {
		dst = binary.AppendVarint(dst, int64(len(text)))
		dst = append(dst, text...)
	}
	return dst
}

// appendBytes writes nil as it writes no bytes.
func appendBytes(dst, content []byte) []byte {
	dst = binary.AppendVarint(dst, int64(len(content)))
	return append(dst, content...)
}

// appendFlag writes the one byte of a boolean.
func appendFlag(dst []byte, flag bool) []byte {
	if flag {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// appendChoice appends an enum of ours whose symbol 0 stands for what the
// reader doesn't know, so that the Go value 0 is symbol 1.
func appendChoice[N ~uint8](dst []byte, value N) []byte {
	return binary.AppendVarint(dst, int64(uint8(value)+1))
}

// appendBlocks begins an array or a map of that many items: one block, which
// endBlocks ends. An empty one has no block.
func appendBlocks(dst []byte, items int) []byte {
	if items == 0 {
		return dst
	}
	return binary.AppendVarint(dst, int64(items))
}

// endBlocks writes the block of no items.
func endBlocks(dst []byte) []byte { return append(dst, 0) }

// appendHeader begins the single-object encoding of the Avro specification:
// two magic bytes and the little-endian fingerprint of the writer's schema.
func appendHeader(dst []byte, fingerprint uint64) []byte {
	dst = append(dst, singleObjectMagic...)
	return binary.LittleEndian.AppendUint64(dst, fingerprint)
}

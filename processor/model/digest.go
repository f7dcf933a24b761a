package model

import "driftless/schema"

// digestOf returns the digest that the contract names: the only thing beside
// types and names that the model takes from the schema.
func digestOf(event *schema.Event) string {
	return schema.DigestString(event)
}

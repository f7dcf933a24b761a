// Package processor is the loop around the rules: it polls the input, judges
// every event on what a shard knows, and commits what came of it in one
// transaction with the input's position. Around that it opens and hands over
// shards, restores them, and stops what can't go on.
//
// The broker, the disk and the clock are the caller's: a Session, Logs and
// Stores. DESIGN.md argues why nothing is lost, doubled or invented, whatever
// dies when.
package processor

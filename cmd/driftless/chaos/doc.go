// Package chaos breaks the real engine and holds what it leaves to the model and
// to the truth. It has tests only.
//
// Engine and broker are processes of their own, made of the test binary
// (main_test.go), so that kill -9, SIGSTOP and SIGCONT are the real ones. What
// is sent is a random set of the model's, with every fault that sources may
// have, beside a flow of receipts and sales whose sums are known (input_test.go).
// When all is consumed, the topics are dumped read_committed and must agree with
// each other, with what was sent, with the model, and with the engine's own
// folder (check_test.go).
//
// A short form of each runs with every test; `make sim` runs the long one, by
// CHAOS_SEED, CHAOS_CYCLES, CHAOS_CUTS and CHAOS_HANDOVERS.
package chaos

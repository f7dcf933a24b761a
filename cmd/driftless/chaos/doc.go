// Package chaos breaks the real engine and holds what it leaves to the model and
// to the truth. It has tests only.
//
// Engine and broker are processes of their own, made of the test binary
// (main_test.go), so that kill -9, SIGSTOP and SIGCONT are the real ones; a power
// cut needs the disk in memory, so there the engine runs in the test's process,
// behind a line that goes with the power. The engine calls engine.Parts.Crash at
// its named points: the program itself has no switch that ends it.
//
// What is sent is a random set of the model's, with every fault that sources may
// have, beside a flow of receipts and sales whose sums are known (input_test.go).
// When all is consumed, the topics are dumped read_committed and must agree with
// each other, with what was sent, with the model, and with the engine's own
// folder (check_test.go). Rows are those that the ledger makes, in the folder
// (rows_test.go) and where an emptied disk would get them from (restore_test.go).
//
// TestCampaign draws all kinds of faults from a seed and lets them strike a fleet
// of one to four instances, on a real Kafka of one broker or three, or on the
// embedded one (campaign_test.go, fleet_test.go, strike_test.go): `make chaos`.
// `make chaos-bugs` builds known mistakes into the engine, one at a time, and
// expects the campaign to notice.
//
// TestRecovery takes the time that the shards of a killed instance aren't served
// (recovery_test.go): `make recovery`.
//
// A short form of each runs with every test; `make chaos-embedded` runs the long
// one of the others, by CHAOS_SEED, CHAOS_CYCLES, CHAOS_CUTS, CHAOS_HANDOVERS, CHAOS_ZOMBIES,
// CHAOS_WEATHER and CHAOS_BROKERS. CHAOS_LOG=1 shows what the processes say.
//
// # Which test makes which fault
//
//	process death, at random and at named points    TestKilled; processor: TestEngineConverges
//	power cut, 0 to 100 % of unsynced data           TestPowerCuts; processor: TestEngineConverges; state: TestRandomHistories
//	fenced, refused offset commit, refused end,
//	not the coordinator, applied but unknown         connectors/kafka: TestBrokerErrorsAroundTheEnd, TestExactlyOnceWhateverBreaks
//	lost reply to the end                            connectors/kafka: TestUnclearEnd and those after it
//	late reply to offset commit or end               connectors/kafka: TestLateEnd
//	offset commits or records refused for a while,
//	answers to the end lost, again and again         TestCampaign (refuse_test.go)
//	line slow, sliced, limited, reset                TestWeather
//	coordinator moves, leader moves                  connectors/kafka: TestCoordinatorsMoveDuringATransaction, TestLeaderMovesDuringATransaction
//	retention overtakes                              connectors/kafka: TestCommittedOffsetThatFellOffTheLogStopsTheShard,
//	                                                 TestLogCutUnderARunningShardStopsIt; processor: TestOldDisk
//	compaction                                       connectors/kafka: TestReadPassesCompactedRecords
//	more partitions                                  connectors/kafka: TestMorePartitions; state: TestTopicRecreated
//	broker paused; restarted in order                TestBrokerPausedAndRestarted
//	broker killed with -9, stopped, paused           TestCampaign, on a real Kafka: the embedded one writes a transaction's
//	                                                 markers one by one and can't go on from half of them
//	disk lost, damaged, full; clock steps            TestCampaign; state: TestDiskFull, TestDamageInASealedSegment
//	zombie, two processes with one instance name     TestZombie, TestTwoProcessesWithOneName; connectors/kafka: fencing_test.go
//	hand-over between instances under load           TestHandOvers
//	rebalance during the end of a transaction        connectors/kafka: TestRebalanceDuringTheEnd
//
// The last release of toxiproxy as a Go module is of 2022, so the faulty line is
// our own (proxy_test.go).
package chaos

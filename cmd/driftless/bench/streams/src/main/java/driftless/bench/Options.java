package driftless.bench;

import java.util.HashMap;
import java.util.Map;

/** The command line, all of it required but the number of threads. */
record Options(String brokers, String events, String atp, String ledger, String stateDirectory, int threads, String application) {
    private static final String USAGE =
            "usage: --brokers HOST:PORT --events TOPIC --atp TOPIC --ledger TOPIC --state-dir DIR --application ID [--threads N]";

    static Options parse(String... arguments) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            given.put(arguments[i], arguments[i + 1]);
        }
        int threads = Integer.parseInt(given.getOrDefault("--threads", "1"));
        given.remove("--threads");
        Options options = new Options(take(given, "--brokers"), take(given, "--events"), take(given, "--atp"),
                take(given, "--ledger"), take(given, "--state-dir"), threads, take(given, "--application"));
        if (!given.isEmpty() || arguments.length % 2 != 0) {
            throw new IllegalArgumentException(USAGE);
        }
        return options;
    }

    private static String take(Map<String, String> given, String name) {
        String value = given.remove(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing; " + USAGE);
        }
        return value;
    }
}

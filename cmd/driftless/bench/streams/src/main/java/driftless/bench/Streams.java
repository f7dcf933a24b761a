package driftless.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.streams.KafkaStreams;

/** The program: it folds events until it is told to stop. */
public final class Streams {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Streams() { }

    public static void main(String... arguments) throws InterruptedException {
        Instant began = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
        Options options = Options.parse(arguments);
        var topology = Inventory.topology(options.events(), options.atp(), options.ledger());
        KafkaStreams streams = new KafkaStreams(topology, Settings.of(options));
        CountDownLatch ended = new CountDownLatch(1);
        streams.setStateListener((now, before) -> {
            switch (now) {
                case RUNNING -> System.out.println("ready " + Duration.between(began, Instant.now()).toMillis());
                case ERROR -> ended.countDown();
                default -> { }
            }
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(streams)));
        streams.start();
        ended.await();
        System.exit(1); // it has failed; after a signal the virtual machine waits for the hook alone
    }

    /** Leaves with 0 where the last transaction was committed and all is closed: to be told to stop is no failure. */
    private static void leave(KafkaStreams streams) {
        boolean failed = streams.state() == KafkaStreams.State.ERROR;
        boolean closed = streams.close(PATIENCE);
        Runtime.getRuntime().halt(closed && !failed ? 0 : 1);
    }
}

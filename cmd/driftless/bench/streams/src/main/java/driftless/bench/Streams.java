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
                case ERROR, NOT_RUNNING -> ended.countDown();
                default -> { }
            }
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(PATIENCE)));
        streams.start();
        ended.await();
        if (streams.state() == KafkaStreams.State.ERROR) {
            System.exit(1);
        }
    }
}

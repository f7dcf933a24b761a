package driftless.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class OptionsTest {
    private static final String[] REQUIRED = {"--brokers", "b:1", "--events", "e", "--atp", "a", "--ledger", "l", "--state-dir", "s", "--application", "x"};

    @Test
    void allButTheThreadsIsRequired() {
        assertEquals(new Options("b:1", "e", "a", "l", "s", 1, "x"), Options.parse(REQUIRED));
        assertThrows(IllegalArgumentException.class, () -> Options.parse("--brokers", "b:1"));
    }

    @Test
    void whatIsNotKnownIsRefused() {
        String[] more = Arrays.copyOf(REQUIRED, REQUIRED.length + 2);
        more[REQUIRED.length] = "--thread";
        more[REQUIRED.length + 1] = "2";
        assertThrows(IllegalArgumentException.class, () -> Options.parse(more));
    }
}

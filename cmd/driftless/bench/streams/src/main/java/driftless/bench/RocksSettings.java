package driftless.bench;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.Options;

/** What differs from the defaults that Streams gives to RocksDB. */
public final class RocksSettings implements RocksDBConfigSetter {
    @Override
    public void setConfig(String store, Options options, Map<String, Object> configs) {
        options.setWriteBufferSize(64 << 20);
        // Nearly every look-up of a transaction is of one that isn't there: the filter answers it.
        options.setMemtablePrefixBloomSizeRatio(0.1);
        options.setMemtableWholeKeyFiltering(true);
    }

    @Override
    public void close(String store, Options options) { }
}

package state

import "errors"

// Warm reads stored rows whose key begins with prefix, and that are wanted, into
// the cache: one walk in key order costs a fraction of finding each of them when
// it is first met. It ends where the cache is three quarters full, so that what
// events need has room, and where wanted says that it is enough.
func (s *Shard) Warm(prefix []byte, wanted func(key []byte) (wanted, enough bool)) error {
	if err := s.usable(); err != nil {
		return err
	}
	stored, err := s.rows.scan(prefix)
	if err != nil {
		return explain("read rows ahead", err)
	}
	for stored.First(); stored.Valid() && s.cache.roomy(); stored.Next() {
		take, enough := wanted(stored.Key())
		if enough {
			break
		}
		if !take {
			continue
		}
		at := s.cache.spot(stored.Key())
		if at.at != 0 {
			continue
		}
		value, err := stored.ValueAndErr()
		if err != nil {
			return errors.Join(explain("read rows ahead", err), stored.Close())
		}
		s.cache.add(stored.Key(), present(value), at.hash, 0)
	}
	return errors.Join(explain("read rows ahead", stored.Error()), explain("read rows ahead", stored.Close()))
}

// roomy tells whether a quarter of the shard's share, and of all memory, is free.
func (c *cache) roomy() bool {
	return c.own < c.budget.share()/4*3 && c.budget.used.Load() < c.budget.limit.Load()/4*3
}

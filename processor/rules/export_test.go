package rules

// FoldStory folds what is known of an item, without a batch under it.
func FoldStory(name string, story Story, to Horizon, ref *Reference, now int64) Story {
	h := &history{opening: story.Opening, facts: story.Facts}
	f := newFolding(h, name, to, Moment{Reference: ref, Now: now})
	return Story{f.opening, f.left}
}

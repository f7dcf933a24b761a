package rules

// FoldStory folds what is known of an item, without a batch under it. Refused:
// what the rules would have folded would have been missed.
func FoldStory(name string, story Story, to Horizon, ref *Reference, now int64) (left Story, refused bool) {
	h := &history{opening: story.Opening, facts: story.Facts}
	f := newFolding(h, name, to, Moment{Reference: ref, Now: now})
	return Story{f.opening, f.left}, f.refused
}

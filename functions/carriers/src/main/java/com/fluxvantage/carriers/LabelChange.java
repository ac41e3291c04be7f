package com.fluxvantage.carriers;

/** What has become of a label. */
record LabelChange(LabelId labelId, LabelState state, long version) {}

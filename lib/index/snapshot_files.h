/**
 * What the files of this layer see of a snapshot beyond snapshot.h.
 */
#ifndef QUOTH_SNAPSHOT_FILES_H
#define QUOTH_SNAPSHOT_FILES_H

#include "manifest.h"

/** INDEX/segments/ID. */
const char *snapshot_segment_folder(const struct snapshot *s, size_t i);
const struct manifest *snapshot_manifest(const struct snapshot *s);

#endif

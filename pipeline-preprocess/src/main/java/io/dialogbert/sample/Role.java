package io.dialogbert.sample;

/** A part in a script: the one who begins, the one who answers, and a third person in a group. */
enum Role {
  A,
  B,
  C
}

package io.dialogbert.sample;

/** A role in a script: who begins, who answers, and a third person in a group. */
enum Role {
  A,
  B,
  C
}

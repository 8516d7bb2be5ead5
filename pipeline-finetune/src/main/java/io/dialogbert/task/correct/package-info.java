/**
 * Labels that are probably wrong: who checks whom, what the checkers' probabilities are worth, how
 * labels were mistaken for each other, and what is done with a row. Every sum is exact, so the
 * order of rows and how they are divided changes nothing.
 */
package io.dialogbert.task.correct;

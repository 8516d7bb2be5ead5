/**
 * When two short replies are the same reaction, and which class each belongs to. Follows the recipe
 * of Smart Reply (Kannan et al. 2016, section 4): short frequent replies in a canonical form,
 * variants merged, written by enough people.
 *
 * @see <a href="https://arxiv.org/abs/1606.04870">Kannan et al. 2016</a>
 */
package io.dialogbert.reaction;

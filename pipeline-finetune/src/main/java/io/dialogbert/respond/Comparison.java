package io.dialogbert.respond;

/** What of a context is compared to what of the indexed texts. */
public enum Comparison {
  /** Query similarity: the turn to be answered, to the queries that were answered. */
  QUERIES {
    @Override
    int[] ids(TextModel model, Context context) {
      return model.lastTurn(context);
    }

    @Override
    String text(Suggestion suggestion) {
      return suggestion.query();
    }
  },
  /** Reply matching: all turns, to the replies. */
  REPLIES {
    @Override
    int[] ids(TextModel model, Context context) {
      return model.turns(context);
    }

    @Override
    String text(Suggestion suggestion) {
      return suggestion.text();
    }
  };

  /** Token ids of the context's part. */
  abstract int[] ids(TextModel model, Context context);

  /** The text that it is compared to. */
  abstract String text(Suggestion suggestion);
}

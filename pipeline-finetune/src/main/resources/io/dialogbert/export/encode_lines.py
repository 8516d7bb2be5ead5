"""Token ids of lines of [language, text] on standard input, by the tokenizer in a directory; for the check at export."""

import json
import sys

sys.path.insert(0, sys.argv[1])
from tokenization_dialogbert import DialogBertTokenizer

tokenizer = DialogBertTokenizer.from_pretrained(sys.argv[1])
for line in sys.stdin.buffer:
    lang, text = json.loads(line)
    print(json.dumps(tokenizer.encode_text(text, lang)))

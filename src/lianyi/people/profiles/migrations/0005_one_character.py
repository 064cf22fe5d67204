"""Each character of a name that is a word by itself becomes a term that the name is found by, as `search_terms` has it.

The terms that are there hold every character of the name, so nothing is cleaned or folded anew. A worker of the version
before that still runs writes rows without such terms: `lianyi replay profiles` mends those.
"""

from django.db import migrations

# Kana, Han with its extensions, Hangul: `_WORDS` of lianyi.kernel.text.
_IS_WORD = """(ascii(term) BETWEEN 12352 AND 12543 OR ascii(term) BETWEEN 13312 AND 19903
    OR ascii(term) BETWEEN 19968 AND 40959 OR ascii(term) BETWEEN 44032 AND 55215
    OR ascii(term) BETWEEN 63744 AND 64255 OR ascii(term) BETWEEN 131072 AND 262143)"""
_ADD = f"""
    UPDATE person SET bigrams = ARRAY(
        SELECT term FROM (
            SELECT unnest(bigrams) AS term
            UNION SELECT term FROM regexp_split_to_table(array_to_string(bigrams, ''), '') AS term WHERE {_IS_WORD}
        ) AS terms ORDER BY term COLLATE "C")
    WHERE bigrams IS NOT NULL AND octet_length(name) > length(name)
"""


class Migration(migrations.Migration):
    dependencies = [("profiles", "0004_tagging_by_the_worker")]

    operations = [migrations.RunSQL(_ADD, migrations.RunSQL.noop)]

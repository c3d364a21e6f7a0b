package tidedesk.analysis;

import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.elasticsearch.common.settings.Settings;

/** The setting `token_chars`: which characters belong to a token. None named means all. */
final class TokenCharacters {
    private static final Map<String, IntPredicate> CLASSES = Map.of(
        "letter", Character::isLetter,
        "digit", Character::isDigit,
        "whitespace", Character::isWhitespace,
        "punctuation", character -> ofTypes(
            character,
            Character.START_PUNCTUATION,
            Character.END_PUNCTUATION,
            Character.OTHER_PUNCTUATION,
            Character.CONNECTOR_PUNCTUATION,
            Character.DASH_PUNCTUATION,
            Character.INITIAL_QUOTE_PUNCTUATION,
            Character.FINAL_QUOTE_PUNCTUATION
        ),
        "symbol", character -> ofTypes(
            character,
            Character.CURRENCY_SYMBOL,
            Character.MATH_SYMBOL,
            Character.OTHER_SYMBOL,
            Character.MODIFIER_SYMBOL
        )
    );

    private final IntPredicate predicate;

    private TokenCharacters(IntPredicate predicate) {
        this.predicate = predicate;
    }

    static TokenCharacters of(Settings settings) {
        List<String> names = settings.getAsList("token_chars");
        if (names.isEmpty()) {
            return new TokenCharacters(character -> true);
        }
        String custom = settings.get("custom_token_chars", "");
        IntPredicate any = character -> false;
        for (String name : names) {
            IntPredicate next = name.equals("custom") ? character -> custom.indexOf(character) >= 0 : CLASSES.get(name);
            if (next == null) {
                throw new IllegalArgumentException("Unknown token type: '" + name + "'");
            }
            any = any.or(next);
        }
        return new TokenCharacters(any);
    }

    boolean contains(int character) {
        return predicate.test(character);
    }

    private static boolean ofTypes(int character, byte... types) {
        int type = Character.getType(character);
        for (byte candidate : types) {
            if (type == candidate) {
                return true;
            }
        }
        return false;
    }
}

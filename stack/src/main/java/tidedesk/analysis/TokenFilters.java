package tidedesk.analysis;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.ar.ArabicNormalizationFilter;
import org.apache.lucene.analysis.bn.BengaliNormalizationFilter;
import org.apache.lucene.analysis.cjk.CJKWidthFilter;
import org.apache.lucene.analysis.ckb.SoraniNormalizationFilter;
import org.apache.lucene.analysis.core.DecimalDigitFilter;
import org.apache.lucene.analysis.core.FlattenGraphFilter;
import org.apache.lucene.analysis.core.UpperCaseFilter;
import org.apache.lucene.analysis.de.GermanNormalizationFilter;
import org.apache.lucene.analysis.el.GreekLowerCaseFilter;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.fa.PersianNormalizationFilter;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.ga.IrishLowerCaseFilter;
import org.apache.lucene.analysis.hi.HindiNormalizationFilter;
import org.apache.lucene.analysis.in.IndicNormalizationFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.KeywordRepeatFilter;
import org.apache.lucene.analysis.miscellaneous.LengthFilter;
import org.apache.lucene.analysis.miscellaneous.LimitTokenCountFilter;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.miscellaneous.ScandinavianFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.ScandinavianNormalizationFilter;
import org.apache.lucene.analysis.miscellaneous.SetKeywordMarkerFilter;
import org.apache.lucene.analysis.miscellaneous.TrimFilter;
import org.apache.lucene.analysis.miscellaneous.TruncateTokenFilter;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.apache.lucene.analysis.ngram.NGramTokenFilter;
import org.apache.lucene.analysis.pattern.PatternReplaceFilter;
import org.apache.lucene.analysis.reverse.ReverseStringFilter;
import org.apache.lucene.analysis.sr.SerbianNormalizationFilter;
import org.apache.lucene.analysis.synonym.SynonymFilter;
import org.apache.lucene.analysis.synonym.SynonymGraphFilter;
import org.apache.lucene.analysis.tr.ApostropheFilter;
import org.apache.lucene.analysis.tr.TurkishLowerCaseFilter;
import org.apache.lucene.analysis.util.ElisionFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.IndexSettings;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.Analysis;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;

final class TokenFilters {
    private final Map<String, AnalysisProvider<TokenFilterFactory>> filters = new TreeMap<>();

    private TokenFilters() {}

    private interface Reading {
        UnaryOperator<TokenStream> from(IndexSettings index, Environment environment, Settings settings);
    }

    static Map<String, AnalysisProvider<TokenFilterFactory>> all() {
        TokenFilters registry = new TokenFilters();
        registry.addNormalizations();
        registry.addCharacterFilters();
        registry.addTokenShapers();
        registry.addStemmers();
        registry.addSynonyms();
        return registry.filters;
    }

    private void addNormalizations() {
        normalizing("arabic_normalization", (index, environment, settings) -> ArabicNormalizationFilter::new);
        normalizing("bengali_normalization", (index, environment, settings) -> BengaliNormalizationFilter::new);
        normalizing("german_normalization", (index, environment, settings) -> GermanNormalizationFilter::new);
        normalizing("hindi_normalization", (index, environment, settings) -> HindiNormalizationFilter::new);
        normalizing("indic_normalization", (index, environment, settings) -> IndicNormalizationFilter::new);
        normalizing("persian_normalization", (index, environment, settings) -> PersianNormalizationFilter::new);
        normalizing("scandinavian_folding", (index, environment, settings) -> ScandinavianFoldingFilter::new);
        normalizing("scandinavian_normalization", (index, environment, settings) -> ScandinavianNormalizationFilter::new);
        normalizing("serbian_normalization", (index, environment, settings) -> SerbianNormalizationFilter::new);
        normalizing("sorani_normalization", (index, environment, settings) -> SoraniNormalizationFilter::new);
        normalizing("cjk_width", (index, environment, settings) -> CJKWidthFilter::new);
        normalizing("decimal_digit", (index, environment, settings) -> DecimalDigitFilter::new);
    }

    private void addCharacterFilters() {
        normalizing("asciifolding", (index, environment, settings) -> {
            boolean keepOriginal = settings.getAsBoolean("preserve_original", false);
            return input -> new ASCIIFoldingFilter(input, keepOriginal);
        });
        normalizing("lowercase", (index, environment, settings) -> lowercase(settings.get("language", "")));
        normalizing("uppercase", (index, environment, settings) -> UpperCaseFilter::new);
        normalizing("trim", (index, environment, settings) -> TrimFilter::new);
        plain("apostrophe", (index, environment, settings) -> ApostropheFilter::new);
        plain("reverse", (index, environment, settings) -> ReverseStringFilter::new);
        normalizing("elision", (index, environment, settings) -> {
            CharArraySet given = Analysis.parseArticles(environment, settings);
            CharArraySet articles = given == null ? FrenchAnalyzer.DEFAULT_ARTICLES : given;
            return input -> new ElisionFilter(input, articles);
        });
        needsSettings("pattern_replace", (index, environment, settings) -> {
            Pattern pattern = Pattern.compile(settings.get("pattern"));
            String replacement = settings.get("replacement", "");
            boolean all = settings.getAsBoolean("all", true);
            return input -> new PatternReplaceFilter(input, pattern, replacement, all);
        });
    }

    private void addTokenShapers() {
        plain("cjk_bigram", (index, environment, settings) -> CjkBigrams.from(settings));
        plain("edge_ngram", (index, environment, settings) -> {
            Grams grams = Grams.of(settings);
            boolean keepOriginal = settings.getAsBoolean("preserve_original", false);
            return input -> new EdgeNGramTokenFilter(input, grams.min(), grams.max(), keepOriginal);
        });
        plain("ngram", (index, environment, settings) -> {
            Grams grams = Grams.of(settings).within(index.getMaxNgramDiff());
            boolean keepOriginal = settings.getAsBoolean("preserve_original", false);
            return input -> new NGramTokenFilter(input, grams.min(), grams.max(), keepOriginal);
        });
        plain("length", (index, environment, settings) -> {
            int min = settings.getAsInt("min", 0);
            int max = settings.getAsInt("max", Integer.MAX_VALUE);
            return input -> new LengthFilter(input, min, max);
        });
        needsSettings("truncate", (index, environment, settings) -> {
            int length = settings.getAsInt("length", -1);
            if (length <= 0) {
                throw new IllegalArgumentException("length parameter must be provided");
            }
            return input -> new TruncateTokenFilter(input, length);
        });
        plain("limit", (index, environment, settings) -> {
            int count = settings.getAsInt("max_token_count", 1);
            boolean consumeAll = settings.getAsBoolean("consume_all_tokens", false);
            return input -> new LimitTokenCountFilter(input, count, consumeAll);
        });
        plain("unique", (index, environment, settings) -> {
            boolean onlyOnSamePosition = settings.getAsBoolean("only_on_same_position", false);
            return input -> new UniqueTokenFilter(input, onlyOnSamePosition);
        });
        plain("flatten_graph", (index, environment, settings) -> FlattenGraphFilter::new);
        plain("remove_duplicates", (index, environment, settings) -> RemoveDuplicatesTokenFilter::new);
        plain("word_delimiter_graph", (index, environment, settings) -> WordDelimiters.from(environment, settings));
    }

    private void addStemmers() {
        plain("kstem", (index, environment, settings) -> KStemFilter::new);
        plain("porter_stem", (index, environment, settings) -> PorterStemFilter::new);
        plain("keyword_repeat", (index, environment, settings) -> KeywordRepeatFilter::new);
        plain("stemmer", (index, environment, settings) ->
            Stemmers.forLanguage(settings.get("language", settings.get("name", "porter"))));
        needsSettings("keyword_marker", (index, environment, settings) -> {
            CharArraySet keywords = Analysis.getWordSet(environment, settings, "keywords");
            return input -> new SetKeywordMarkerFilter(input, keywords);
        });
    }

    // the full server builds `synonym` on the same deprecated filter
    @SuppressWarnings("deprecation")
    private void addSynonyms() {
        filters.put("synonym", AnalysisPlugin.requiresAnalysisSettings((index, environment, name, settings) ->
            new SynonymFilters(environment, name, settings, (input, map) -> new SynonymFilter(input, map, false))));
        filters.put("synonym_graph", AnalysisPlugin.requiresAnalysisSettings((index, environment, name, settings) ->
            new SynonymFilters(environment, name, settings, (input, map) -> new SynonymGraphFilter(input, map, false))));
    }

    private static UnaryOperator<TokenStream> lowercase(String language) {
        return switch (language) {
            case "" -> LowerCaseFilter::new;
            case "greek" -> GreekLowerCaseFilter::new;
            case "irish" -> IrishLowerCaseFilter::new;
            case "turkish" -> TurkishLowerCaseFilter::new;
            default -> throw new IllegalArgumentException("language [" + language + "] not support for lower case");
        };
    }

    private void plain(String type, Reading reading) {
        filters.put(type, (index, environment, name, settings) ->
            new Plain(name, settings, reading.from(index, environment, settings)));
    }

    private void normalizing(String type, Reading reading) {
        filters.put(type, (index, environment, name, settings) ->
            new Normalizing(name, settings, reading.from(index, environment, settings)));
    }

    private void needsSettings(String type, Reading reading) {
        filters.put(type, AnalysisPlugin.requiresAnalysisSettings((index, environment, name, settings) ->
            new Plain(name, settings, reading.from(index, environment, settings))));
    }

    private static class Plain extends AbstractTokenFilterFactory {
        private final UnaryOperator<TokenStream> wrap;

        Plain(String name, Settings settings, UnaryOperator<TokenStream> wrap) {
            super(name, settings);
            this.wrap = wrap;
        }

        @Override
        public TokenStream create(TokenStream input) {
            return wrap.apply(input);
        }
    }

    private static final class Normalizing extends Plain implements NormalizingTokenFilterFactory {
        Normalizing(String name, Settings settings, UnaryOperator<TokenStream> wrap) {
            super(name, settings, wrap);
        }
    }
}

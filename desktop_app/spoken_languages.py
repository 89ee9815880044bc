"""The languages that Whisper was trained on, and what people call them. No Qt."""

from __future__ import annotations

import difflib
import re
from functools import cache

from desktop_app.history.search import fold
from workers.errors import UsageError

# Whisper's own codes, in the order of its tokens.
ENGLISH_NAMES = {
    "en": "English", "zh": "Chinese", "de": "German", "es": "Spanish", "ru": "Russian", "ko": "Korean", "fr": "French",
    "ja": "Japanese", "pt": "Portuguese", "tr": "Turkish", "pl": "Polish", "ca": "Catalan", "nl": "Dutch",
    "ar": "Arabic", "sv": "Swedish", "it": "Italian", "id": "Indonesian", "hi": "Hindi", "fi": "Finnish",
    "vi": "Vietnamese", "he": "Hebrew", "uk": "Ukrainian", "el": "Greek", "ms": "Malay", "cs": "Czech",
    "ro": "Romanian", "da": "Danish", "hu": "Hungarian", "ta": "Tamil", "no": "Norwegian", "th": "Thai", "ur": "Urdu",
    "hr": "Croatian", "bg": "Bulgarian", "lt": "Lithuanian", "la": "Latin", "mi": "Maori", "ml": "Malayalam",
    "cy": "Welsh", "sk": "Slovak", "te": "Telugu", "fa": "Persian", "lv": "Latvian", "bn": "Bengali", "sr": "Serbian",
    "az": "Azerbaijani", "sl": "Slovenian", "kn": "Kannada", "et": "Estonian", "mk": "Macedonian", "br": "Breton",
    "eu": "Basque", "is": "Icelandic", "hy": "Armenian", "ne": "Nepali", "mn": "Mongolian", "bs": "Bosnian",
    "kk": "Kazakh", "sq": "Albanian", "sw": "Swahili", "gl": "Galician", "mr": "Marathi", "pa": "Punjabi",
    "si": "Sinhala", "km": "Khmer", "sn": "Shona", "yo": "Yoruba", "so": "Somali", "af": "Afrikaans", "oc": "Occitan",
    "ka": "Georgian", "be": "Belarusian", "tg": "Tajik", "sd": "Sindhi", "gu": "Gujarati", "am": "Amharic",
    "yi": "Yiddish", "lo": "Lao", "uz": "Uzbek", "fo": "Faroese", "ht": "Haitian Creole", "ps": "Pashto",
    "tk": "Turkmen", "nn": "Nynorsk", "mt": "Maltese", "sa": "Sanskrit", "lb": "Luxembourgish", "my": "Burmese",
    "bo": "Tibetan", "tl": "Tagalog", "mg": "Malagasy", "as": "Assamese", "tt": "Tatar", "haw": "Hawaiian",
    "ln": "Lingala", "ha": "Hausa", "ba": "Bashkir", "jw": "Javanese", "su": "Sundanese", "yue": "Cantonese",
}  # fmt: skip

# ISO 639-2, older codes, and names that are common besides; the Chinese ones for those who type Chinese.
OTHER_NAMES = {
    "en": "eng 英语 英文", "zh": "zho chi cmn cn mandarin 汉语 普通话 国语 华语 中国话 hans hant",
    "de": "deu ger 德语 德文", "es": "spa castilian 西班牙语", "ru": "rus 俄语", "ko": "kor kr 韩语 朝鲜语",
    "fr": "fra fre 法语 法文", "ja": "jpn jp 日语 日文", "pt": "por 葡萄牙语", "tr": "tur 土耳其语",
    "pl": "pol 波兰语", "ca": "cat valencian", "nl": "nld dut flemish 荷兰语", "ar": "ara 阿拉伯语",
    "sv": "swe 瑞典语", "it": "ita 意大利语", "id": "ind in 印尼语 印度尼西亚语", "hi": "hin 印地语",
    "fi": "fin 芬兰语", "vi": "vie 越南语", "he": "heb iw 希伯来语", "uk": "ukr 乌克兰语", "el": "ell gre 希腊语",
    "ms": "msa may 马来语", "cs": "ces cze 捷克语", "ro": "ron rum moldovan moldavian 罗马尼亚语", "da": "dan 丹麦语",
    "hu": "hun 匈牙利语", "ta": "tam", "no": "nor nb nob bokmål 挪威语", "th": "tha 泰语", "ur": "urd", "hr": "hrv",
    "bg": "bul 保加利亚语", "lt": "lit", "la": "lat 拉丁语", "mi": "mri mao", "ml": "mal", "cy": "cym wel",
    "sk": "slk slo", "te": "tel", "fa": "fas per farsi 波斯语", "lv": "lav", "bn": "ben 孟加拉语", "sr": "srp",
    "az": "aze", "sl": "slv", "kn": "kan", "et": "est", "mk": "mkd mac", "br": "bre", "eu": "eus baq", "is": "isl ice",
    "hy": "hye arm", "ne": "nep", "mn": "mon 蒙古语", "bs": "bos", "kk": "kaz", "sq": "sqi alb", "sw": "swa",
    "gl": "glg", "mr": "mar", "pa": "pan panjabi", "si": "sin sinhalese", "km": "khm", "sn": "sna", "yo": "yor",
    "so": "som", "af": "afr", "oc": "oci", "ka": "kat geo", "be": "bel", "tg": "tgk", "sd": "snd", "gu": "guj",
    "am": "amh", "yi": "yid", "lo": "lao", "uz": "uzb", "fo": "fao", "ht": "hat haitian", "ps": "pus pushto",
    "tk": "tuk", "nn": "nno", "mt": "mlt", "sa": "san", "lb": "ltz letzeburgesch", "my": "mya bur myanmar",
    "bo": "bod tib 藏语", "tl": "tgl fil filipino", "mg": "mlg", "as": "asm", "tt": "tat", "ln": "lin", "ha": "hau",
    "ba": "bak", "jw": "jav jv", "su": "sun", "yue": "zh-yue 粤语 广东话 廣東話 粵語",
}  # fmt: skip

# What Whisper transcribes well, in its own words: what the window offers. The others are reached through detection.
SPOKEN_LANGUAGES = {
    "ar": "العربية", "bg": "Български", "bn": "বাংলা", "ca": "Català", "cs": "Čeština", "da": "Dansk", "de": "Deutsch",
    "el": "Ελληνικά", "en": "English", "es": "Español", "fa": "فارسی", "fi": "Suomi", "fr": "Français", "he": "עברית",
    "hi": "हिन्दी", "hr": "Hrvatski", "hu": "Magyar", "id": "Indonesia", "it": "Italiano", "ja": "日本語",
    "ko": "한국어", "ms": "Melayu", "nl": "Nederlands", "no": "Norsk", "pl": "Polski", "pt": "Português",
    "ro": "Română", "ru": "Русский", "sk": "Slovenčina", "sv": "Svenska", "ta": "தமிழ்", "th": "ไทย", "tr": "Türkçe",
    "uk": "Українська", "ur": "اردو", "vi": "Tiếng Việt", "zh": "中文",
}  # fmt: skip

DETECT = {"", "auto", "detect"}


def language_code(typed: str) -> str | None:
    """Whisper's code of a language that was typed as a code, a locale or a name; None for those that mean "detect it".

    Raises:
        UsageError: nobody knows it; the hint has the nearest name.
    """
    name = _plain(typed)
    if name in DETECT:
        return None
    codes = _codes()
    code = codes.get(name) or codes.get(re.split(r"[-.@]", name)[0])  # a locale, such as zh-cn or pt-br.utf-8
    if code:
        return code
    nearest = difflib.get_close_matches(name, codes, n=1)
    hint = "Did you mean '{code}', {name}?" if nearest else "Give a code or a name, such as en, German or 中文."
    code = codes[nearest[0]] if nearest else ""
    raise UsageError(
        "There is no language '{language}'.", hint, language=typed, code=code, name=ENGLISH_NAMES.get(code, "")
    )


@cache
def _codes() -> dict[str, str]:
    """The code of everything that a language is called."""
    codes = {}
    for code, name in ENGLISH_NAMES.items():
        for called in (*OTHER_NAMES.get(code, "").split(), SPOKEN_LANGUAGES.get(code, code), name, code):
            codes[_plain(called)] = code
    return codes


def _plain(text: str) -> str:
    return fold(text).strip().replace("_", "-")

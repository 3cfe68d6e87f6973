"""The words that are built in: what passengers read on the pages no manager writes, in every language of the glass.

They follow what associations and authorities tell people in a lift. Japan Elevator Association and NHK: press all
buttons, leave at the first stop; trapped: call by the intercom, wait, never force the door. Taiwan's fire services:
call, wait, do not force the door. **Nobody whose language it is has confirmed the Japanese, Arabic and Hindi words yet,
nor has any authority the words of any language:** let somebody read them before a lift shows them.

`keep` marks where Chinese and Japanese may break a line: "走|楼梯" at the bar only. What a sample page says
is an example of a manager's words and stands in the layout's own file; the installer's page has its words in check.py.
"""

from content.drawing.linebreaking import keep
from content.message import Text

# Earthquake. Each is one step of a page: a verb first, nothing that the lift may not do.

EARTHQUAKE = Text("地震", "EARTHQUAKE", "地震", "地震", "زلزال", "भूकंप")
PRESS_ALL = Text(
    keep("按下|所有|楼层|按钮"),
    "Press every floor button",
    keep("按下|所有|樓層|按鈕"),
    keep("すべての|階の|ボタンを|押す"),
    "اضغطوا جميع أزرار الطوابق",
    "सभी मंज़िलों के बटन दबाएँ",
)
LEAVE_AT_FIRST_STOP = Text(
    keep("在最先|停靠|的楼层|离开"),
    "Leave at the first stop",
    keep("在最先|停靠|的樓層|離開"),
    keep("最初に|止まった|階で|降りる"),
    "اخرجوا عند أول توقف",
    "जहाँ पहले रुके, वहीं उतरें",
)
TAKE_STAIRS = Text(
    keep("走楼梯"),
    "Take the stairs",
    keep("走樓梯"),
    keep("階段を|使う"),
    "استخدموا الدرج",
    "सीढ़ियों से जाएँ",
)
LEAVE_NOW = Text(
    keep("立即|离开|轿厢"),
    "Leave the car now",
    keep("立即|離開|電梯"),
    keep("すぐに|降りる"),
    "اخرجوا من المصعد فورًا",
    "तुरंत लिफ़्ट से बाहर निकलें",
)
STAY_OUT = Text(
    keep("不要|返回"),
    "Do not go back in",
    keep("不要|返回"),
    keep("中に|戻らない"),
    "لا تعودوا إلى الداخل",
    "वापस अंदर न जाएँ",
)
OPEN_DOOR = Text(
    keep("按|开门|按钮"),
    "Press the door‑open button",
    keep("按|開門|按鈕"),
    keep("「開」|ボタンを|押す"),
    "اضغطوا زر فتح الباب",
    "दरवाज़ा खोलने का बटन दबाएँ",
)
IF_IT_OPENS = Text(
    keep("门开|即离开，|走楼梯"),
    "If it opens, leave. Take the stairs.",
    keep("門開|即離開，|走樓梯"),
    keep("開いたら|降りて|階段を|使う"),
    "إذا انفتح فاخرجوا واستخدموا الدرج",
    "खुले तो निकलें, सीढ़ियों से जाएँ",
)
IF_NOT = Text(
    keep("门不开：|按呼叫按钮，|不要扒门"),
    "If not: press the call button. Never force the door.",
    keep("門不開：|按呼叫按鈕，|勿強行開門"),
    keep("開かない|ときは|非常ボタンを|押す。|こじ開けない"),
    "وإلا فاضغطوا زر النداء ولا تفتحوه بالقوة",
    "वरना कॉल बटन दबाएँ, ज़बरदस्ती न खोलें",
)
HOLD_ON = Text(
    keep("抓紧|扶手"),
    "Hold on",
    keep("抓穩|扶手"),
    keep("手すりに|つかまる"),
    "تمسّكوا جيدًا",
    "कसकर पकड़ें",
)
LEAVE_ONCE_OPEN = Text(
    keep("停稳、|门开后|离开"),
    "Leave once it has stopped and the door is open",
    keep("停穩、|門開後|離開"),
    keep("止まって|ドアが|開いたら|降りる"),
    "اخرجوا بعد توقفه وانفتاح الباب",
    "रुकने और दरवाज़ा खुलने पर निकलें",
)

# Earthquake, in a lift with seismic control: it is built to stop by itself at the nearest floor and to open its door. It
# may fail to, so the words ask to wait for that and do not promise it.

WAIT_FOR_STOP = Text(
    keep("等待|电梯|自行|停靠|最近|楼层"),
    "Wait for the lift to stop at the nearest floor",
    keep("等待|電梯|自行|停靠|最近|樓層"),
    keep("最寄り階に|止まるのを|待つ"),
    "انتظروا توقفه عند أقرب طابق",
    "पास की मंज़िल पर रुकने का इंतज़ार करें",
)

# Trapped.

STAY_CALM = Text(
    keep("请保持冷静"),
    "Stay calm",
    keep("請保持冷靜"),
    keep("落ち着いて|ください"),
    "ابقوا هادئين",
    "शांत रहें",
)
SAY_WHERE = Text(
    "报上梯号",
    "Say where you are",
    keep("說出|電梯|編號"),
    keep("この場所を|伝える"),
    "اذكروا مكانكم",
    "बताएँ कि आप कहाँ हैं",
)
CALL = Text(
    keep("按|呼叫按钮"),
    "Press the call button",
    keep("按|呼叫按鈕"),
    keep("非常ボタンを|押す"),
    "اضغطوا زر النداء",
    "कॉल बटन दबाएँ",
)
WAIT_INSIDE = Text(
    keep("在轿厢内|等待救援"),
    "Wait inside for help",
    keep("在電梯內|等待救援"),
    keep("中で|救助を|待つ"),
    "انتظروا المساعدة في الداخل",
    "अंदर ही मदद का इंतज़ार करें",
)
DO_NOT_FORCE = Text(
    keep("不要|扒门"),
    "Do not force the door",
    keep("勿強行|開門"),
    keep("ドアを|こじ開けない"),
    "لا تفتحوا الباب بالقوة",
    "दरवाज़ा ज़बरदस्ती न खोलें",
)

# After an earthquake, until the release.

DO_NOT_USE = Text(
    keep("请勿|乘坐|电梯"),
    "Do not use this lift",
    keep("請勿|搭乘|電梯"),
    keep("エレベーター|使用禁止"),
    "لا تستخدموا هذا المصعد",
    "इस लिफ़्ट का उपयोग न करें",
)
TO_BE_INSPECTED = Text(
    keep("地震后|须经|专业|检查"),
    "To be inspected after the earthquake",
    keep("地震後|須經|專業|檢查"),
    keep("地震後の|点検が|必要です"),
    "يجب فحصه بعد الزلزال",
    "भूकंप के बाद जाँच ज़रूरी है",
)
WARNING_OVER = Text(
    keep("警报|解除"),
    "The warning is over",
    keep("警報|解除"),
    keep("警報は|解除|されました"),
    "انتهى التحذير",
    "चेतावनी समाप्त",
)

# Exercises.

EXERCISE = Text("演练", "EXERCISE", "演習", "訓練", "تمرين", "अभ्यास")
NO_DANGER = Text(
    keep("这是演练，|没有危险"),
    "This is only an exercise. There is no danger.",
    keep("這是演習，|沒有危險"),
    keep("これは|訓練です。|危険は|ありません。"),
    "هذا تمرين فقط. لا يوجد خطر.",
    "यह केवल अभ्यास है। कोई ख़तरा नहीं है।",
)
IF_REAL = Text(
    "如遇地震", "In an earthquake", "如遇地震", keep("地震の|ときは"), "عند وقوع زلزال", "भूकंप आने पर"
)

# Other alerts, by CAP severity. The Chinese words are those of the four levels of China's weather warnings.

_ALERT = ("预警 · ", "Alert: ", "預警 · ", "警報 · ", "تنبيه: ", "चेतावनी: ")


def _level(*words: str) -> Text:
    """The words of a level in every language, in the order of a Text."""
    both = zip(_ALERT, words, strict=True)
    return Text(*(keep(alert + level) if "·" in alert else alert + level for alert, level in both))


LEVELS = {
    "1": _level("一般", "minor", "一般", "軽微", "طفيف", "मामूली"),
    "2": _level("较重", "moderate", "較重", "中程度", "متوسط", "मध्यम"),
    "3": _level("严重", "severe", "嚴重", "重大", "شديد", "गंभीर"),
    "4": _level("特别严重", "extreme", "特別嚴重", "極めて重大", "بالغ الشدة", "अति गंभीर"),
}
COLOURS = {
    "1": Text("蓝色", "BLUE", "藍色", "青色", "أزرق", "नीला"),
    "2": Text("黄色", "YELLOW", "黃色", "黄色", "أصفر", "पीला"),
    "3": Text("橙色", "ORANGE", "橙色", "橙色", "برتقالي", "नारंगी"),
    "4": Text("红色", "RED", "紅色", "赤色", "أحمر", "लाल"),
}
"""Of the four levels on the sign of an earthquake alert."""

# Every day.

WELCOME = Text("欢迎乘梯", "Welcome", "歡迎搭乘", "ようこそ", "أهلًا بكم", "स्वागत है")
"""In the clock's place while the time is not known."""
IN_DIFFICULTY = Text(
    keep("遇到困难|请按呼叫按钮"),
    "In difficulty, press the call button",
    keep("遇到困難|請按呼叫按鈕"),
    keep("困ったら|非常ボタンを|押して|ください"),
    "عند مواجهة صعوبة، اضغطوا زر النداء",
    "मुश्किल में कॉल बटन दबाएँ",
)
WHICH_LIFT = Text(
    "这台电梯是", "This lift is", "這台電梯是", "このエレベーターは", "هذا المصعد هو", "यह लिफ़्ट है"
)
"""Above the lift's name, while somebody asks which one it is."""
NOT_IN_SERVICE = Text(
    "尚未启用", "Not yet in service", "尚未啟用", keep("準備中"), "لم تبدأ الخدمة بعد", "अभी चालू नहीं है"
)
_COMMAND = keep("hoistway-agent config")
INSTALLER = Text(
    keep("安装人员：|请运行| |hoistway-agent config"),
    "Installer: run hoistway-agent config",
    keep("安裝人員：|請執行| |hoistway-agent config"),
    keep("設置担当者：|次を|実行| |hoistway-agent config"),
    f"فني التركيب: شغّلوا {_COMMAND}",
    f"इंस्टॉलर: {_COMMAND} चलाएँ",
)

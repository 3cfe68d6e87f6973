"""A date in words, in every language of the glass and the same in every locale of the system."""

from datetime import datetime

from content.message import Text

WEEKDAYS = (
    Text("星期一", "Monday", "星期一", "月曜日", "الاثنين", "सोमवार"),
    Text("星期二", "Tuesday", "星期二", "火曜日", "الثلاثاء", "मंगलवार"),
    Text("星期三", "Wednesday", "星期三", "水曜日", "الأربعاء", "बुधवार"),
    Text("星期四", "Thursday", "星期四", "木曜日", "الخميس", "गुरुवार"),
    Text("星期五", "Friday", "星期五", "金曜日", "الجمعة", "शुक्रवार"),
    Text("星期六", "Saturday", "星期六", "土曜日", "السبت", "शनिवार"),
    Text("星期日", "Sunday", "星期日", "日曜日", "الأحد", "रविवार"),
)
MONTHS = (
    Text(en="January", ar="يناير", hi="जनवरी"),
    Text(en="February", ar="فبراير", hi="फ़रवरी"),
    Text(en="March", ar="مارس", hi="मार्च"),
    Text(en="April", ar="أبريل", hi="अप्रैल"),
    Text(en="May", ar="مايو", hi="मई"),
    Text(en="June", ar="يونيو", hi="जून"),
    Text(en="July", ar="يوليو", hi="जुलाई"),
    Text(en="August", ar="أغسطس", hi="अगस्त"),
    Text(en="September", ar="سبتمبر", hi="सितंबर"),
    Text(en="October", ar="أكتوبر", hi="अक्टूबर"),
    Text(en="November", ar="نوفمبر", hi="नवंबर"),
    Text(en="December", ar="ديسمبر", hi="दिसंबर"),
)
"""In the languages that name them; the others count."""


def date(local: datetime) -> Text:
    """The day, the month and the weekday."""
    day, weekday, month = local.day, WEEKDAYS[local.weekday()], MONTHS[local.month - 1]
    counted = f"{local.month}月{day}日"
    return Text(
        f"{counted} {weekday.zh}",
        f"{weekday.en}, {day} {month.en}",
        f"{counted} {weekday.zh_hant}",
        f"{counted} {weekday.ja}",
        f"{weekday.ar}، {day} {month.ar}",
        f"{weekday.hi}, {day} {month.hi}",
    )

"""What a page says by itself, in the languages of its visitors. No Django here."""

from datetime import datetime
from zoneinfo import ZoneInfo

from lianyi.growth.words import Words

TONGUES = {"zh": "中文", "en": "English"}
TAGS = {"zh": "zh-CN", "en": "en"}  # BCP 47
SKIP = Words(zh="跳到正文", en="Skip to the content")
LANGUAGE = Words(zh="语言", en="Language")
WATCH = Words(zh="▶ 观看视频", en="▶ Watch the video")
NO_FORM = Words(zh="此表单不再接收提交。", en="This form takes no more answers.")
UNTIL = Words(zh="截止：", en="Until ")
OVER = Words(zh="已结束", en="This is over")
UNITS = (
    Words(zh="天", en="days"),
    Words(zh="时", en="hours"),
    Words(zh="分", en="minutes"),
    Words(zh="秒", en="seconds"),
)
_MONTHS: tuple[str, ...] = ("January", "February", "March", "April", "May", "June", "July", "August")
_MONTHS += ("September", "October", "November", "December")


def moment(until: str, zone: str) -> datetime:
    """The moment that a wall clock in the zone shows."""
    return datetime.fromisoformat(until).replace(tzinfo=ZoneInfo(zone))


def told(at: datetime, language: str) -> str:
    """The moment, with its distance from UTC."""
    offset = at.utcoffset()
    minutes = int(offset.total_seconds()) // 60 if offset else 0
    away = f"GMT{'-' if minutes < 0 else '+'}{abs(minutes) // 60}"
    away += f":{abs(minutes) % 60:02d}" if minutes % 60 else ""
    if language == "zh":
        return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}（{away}）"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M} ({away})"

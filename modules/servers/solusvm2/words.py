"""Texts for customers."""

from modulehost import sdk

_ENGLISH = {
    "state": "State", "ip": "IP address", "plan": "Plan", "os": "Operating system", "place": "Location", "password": "Root password",
    "show": "Show", "start": "Start", "stop": "Stop", "restart": "Restart", "newpassword": "New root password",
    "asknew": "Give the server a new root password?", "askstop": "Stop the server?", "askrestart": "Restart the server?",
    "console": "Console", "soon": "Coming soon.",
    "unavailable": "Your server cannot be shown at the moment. Please try again in some minutes.",
    "state_started": "Running", "state_stopped": "Stopped", "state_processing": "Working", "state_suspended": "Suspended",
    "state_paused": "Paused", "state_unavailable": "Unavailable", "state_notexists": "Not created",
}  # fmt: skip
_JAPANESE = {
    "state": "状態", "ip": "IPアドレス", "plan": "プラン", "os": "OS", "place": "ロケーション", "password": "rootパスワード",
    "show": "表示", "start": "起動", "stop": "停止", "restart": "再起動", "newpassword": "rootパスワードを再発行",
    "asknew": "rootパスワードを再発行しますか？", "askstop": "サーバーを停止しますか？", "askrestart": "サーバーを再起動しますか？",
    "console": "コンソール", "soon": "近日公開予定です。",
    "unavailable": "現在サーバーの情報を表示できません。数分後にもう一度お試しください。",
    "state_started": "稼働中", "state_stopped": "停止中", "state_processing": "処理中", "state_suspended": "利用停止中",
    "state_paused": "一時停止中", "state_unavailable": "利用できません", "state_notexists": "未作成",
}  # fmt: skip
_HINDI = {
    "state": "स्थिति", "ip": "IP पता", "plan": "प्लान", "os": "ऑपरेटिंग सिस्टम", "place": "स्थान", "password": "रूट पासवर्ड",
    "show": "दिखाएँ", "start": "चालू करें", "stop": "बंद करें", "restart": "फिर से चालू करें", "newpassword": "नया रूट पासवर्ड",
    "asknew": "क्या सर्वर को नया रूट पासवर्ड देना है?", "askstop": "क्या सर्वर बंद करना है?", "askrestart": "क्या सर्वर फिर से चालू करना है?",
    "console": "कंसोल", "soon": "जल्द आ रहा है।",
    "unavailable": "आपका सर्वर अभी दिखाया नहीं जा सकता। कृपया कुछ मिनट बाद फिर कोशिश करें।",
    "state_started": "चल रहा है", "state_stopped": "बंद है", "state_processing": "काम जारी है", "state_suspended": "निलंबित",
    "state_paused": "रुका हुआ", "state_unavailable": "उपलब्ध नहीं", "state_notexists": "बना नहीं",
}  # fmt: skip
_ALL = {"japanese": _JAPANESE, "hindi": _HINDI}


def texts() -> dict[str, str]:
    """All texts in the language of the page being served; English where there is none."""
    return {**_ENGLISH, **_ALL.get(sdk.language(), {})}


def say(key: str) -> str:
    """One text."""
    return texts()[key]

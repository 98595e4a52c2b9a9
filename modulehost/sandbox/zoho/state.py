"""What the simulated Zoho remembers. Times are Unix seconds of the host's clock, ids are text."""

from dataclasses import dataclass, field

from modulehost.sandbox.zoho import plans


def _secret(default: str = "") -> str:
    return field(default=default, metadata={"secret": True})


@dataclass
class User:
    """A Zoho account. A user belongs to one data centre and one organisation (`zoid`)."""

    zuid: str
    account_id: str
    email: str
    first_name: str
    last_name: str
    dc: str
    zoid: str
    role: str = "member"
    enabled: bool = True
    mail_enabled: bool = True
    incoming_blocked: bool = False
    plan_key: str = ""
    extra_storage: dict[str, int] = field(default_factory=dict)
    country: str = ""
    language: str = ""
    time_zone: str = ""
    created: int = 0
    password: str = _secret()

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass
class Org:
    """An organisation. A customer has its partner's `zoid` in `partner`; `plan` is the name shown by the vendor."""

    zoid: str
    zaid: str
    encrypted_zoid: str
    dc: str
    name: str
    super_admin: str
    is_partner: bool = False
    partner: str = ""
    partner_access: bool = True
    plan: str = plans.FREE
    pay_period: str = ""
    licences: int = plans.FREE_USERS
    addons: dict[str, int] = field(default_factory=dict)
    trial_used: bool = False
    trial_ends: int = 0
    trial_extended: bool = False
    customer: dict[str, str] = field(default_factory=dict)
    created: int = 0
    subscribed: int = 0


@dataclass
class Domain:
    """A domain of an organisation; `code` is the number in its verification records."""

    name: str
    domain_id: str
    zoid: str
    code: str
    verified: bool = False
    verified_by: str = ""
    verified_date: int = 0
    hosting: bool = False
    primary: bool = False
    alias: bool = False
    mx: bool = False
    spf: bool = False
    dkim: bool = False
    dkim_selector: str = ""
    catch_all: str = ""
    strip_subdomains: bool = False
    created: int = 0


@dataclass
class DnsRecord:
    """A record in the make-believe DNS: TXT, CNAME, MX, or HTML for the file on the web site."""

    id: str
    domain: str
    type: str
    host: str
    value: str
    published: int
    visible: int


@dataclass
class Client:
    """An OAuth client of the developer console, usable in the data centres of `dcs`."""

    id: str
    secret: str = field(metadata={"secret": True})
    name: str = ""
    homepage: str = ""
    redirect_uris: list[str] = field(default_factory=list)
    dcs: list[str] = field(default_factory=list)
    owner: str = ""
    created: int = 0


@dataclass
class Grant:
    """An authorization code. `refresh` says whether the exchange hands out a refresh token."""

    code: str = field(metadata={"secret": True})
    client_id: str = ""
    redirect_uri: str = ""
    scopes: list[str] = field(default_factory=list)
    zuid: str = ""
    dc: str = ""
    refresh: bool = False
    expires: int = 0
    used: bool = False


@dataclass
class RefreshToken:
    """Good until it is revoked."""

    token: str = field(metadata={"secret": True})
    client_id: str = ""
    zuid: str = ""
    dc: str = ""
    scopes: list[str] = field(default_factory=list)
    created: int = 0


@dataclass
class AccessToken:
    """Good for an hour, in its data centre. `refresh_token` is empty for online access."""

    token: str = field(metadata={"secret": True})
    refresh_token: str = field(default="", metadata={"secret": True})
    client_id: str = ""
    zuid: str = ""
    dc: str = ""
    scopes: list[str] = field(default_factory=list)
    created: int = 0
    expires: int = 0


@dataclass
class Consent:
    """That a user has once accepted a client's scopes."""

    client_id: str
    zuid: str
    scopes: list[str]


@dataclass
class Window:
    """A counted span of time, for limits."""

    start: int
    count: int = 0
    locked_until: int = 0


@dataclass
class PaymentMethod:
    """How a partner pays in the store; `works` false makes every charge fail."""

    zoid: str
    label: str
    works: bool = True


@dataclass
class Charge:
    """One attempt of the store to charge the partner."""

    id: str
    at: int
    zoid: str
    email: str
    plan: str
    pay_period: str
    addons: dict[str, int]
    result: str


@dataclass
class Switches:
    """Variants of Zoho's behaviour. The defaults are the likeliest reading of the documentation."""

    strict: bool = field(default=False, metadata={"title": "Creating an organisation needs orgName and password"})
    create_status: int = field(default=201, metadata={"title": "HTTP status of a creation (200 or 201)"})
    oauth_error_status: int = field(default=200, metadata={"title": "HTTP status of token errors (200 or 400)"})
    errors_in_body: bool = field(
        default=False, metadata={"title": "Mail API errors come with HTTP 200, only the body says so"}
    )
    single_account: bool = field(default=False, metadata={"title": "Listing accounts with limit 1 answers one object"})
    expires_in_ms: bool = field(
        default=False, metadata={"title": "expires_in is in milliseconds, with expires_in_sec beside it"}
    )
    echo_scope: bool = field(default=False, metadata={"title": "Token replies echo the granted scopes"})
    code_seconds: int = field(default=120, metadata={"title": "Life of an authorization code, seconds"})
    token_limit: int = field(
        default=10, metadata={"title": "Access tokens per refresh token in 10 minutes (0: no limit)"}
    )
    api_rate_limit: int = field(
        default=0, metadata={"title": "Mail API requests per minute, then a lock of 60 s (0: no limit)"}
    )
    dns_seconds: int = field(default=0, metadata={"title": "Seconds until a published DNS record is seen"})


@dataclass
class State:
    """Everything, by table."""

    users: dict[str, User] = field(default_factory=dict)
    orgs: dict[str, Org] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    dns_records: dict[str, DnsRecord] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    consents: dict[str, Consent] = field(default_factory=dict)
    payment_methods: dict[str, PaymentMethod] = field(default_factory=dict)
    charges: dict[str, Charge] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    switches: Switches = field(default_factory=Switches)


def number(state: State, name: str, first: int) -> str:
    """The next id of a kind, as text."""
    state.counters[name] = state.counters.get(name, first - 1) + 1
    return str(state.counters[name])

"""Servers and server groups."""

from sqlalchemy.orm import Mapped

from .base import Base
from .types import Cents, Key, Moment, Num, NumOrNull, Ref, Text


class Server(Base):
    """A server that a module talks to."""

    __tablename__ = "tblservers"

    id: Mapped[Key]
    name: Mapped[Text]
    ipaddress: Mapped[Text]
    assignedips: Mapped[Text]
    hostname: Mapped[Text]
    monthlycost: Mapped[Cents]
    noc: Mapped[Text]
    statusaddress: Mapped[Text]
    nameserver1: Mapped[Text]
    nameserver1ip: Mapped[Text]
    nameserver2: Mapped[Text]
    nameserver2ip: Mapped[Text]
    nameserver3: Mapped[Text]
    nameserver3ip: Mapped[Text]
    nameserver4: Mapped[Text]
    nameserver4ip: Mapped[Text]
    nameserver5: Mapped[Text]
    nameserver5ip: Mapped[Text]
    maxaccounts: Mapped[Num]
    type: Mapped[Text]  # system name of a server module
    username: Mapped[Text]
    password: Mapped[Text]  # encrypted
    accesshash: Mapped[Text]
    secure: Mapped[Text]  # on or empty
    port: Mapped[NumOrNull]  # NULL: the module's
    active: Mapped[Num]  # 1: the default server of its module
    disabled: Mapped[Num]  # 1: out of use


class ServerGroup(Base):
    """A group of servers, with the way of filling them."""

    __tablename__ = "tblservergroups"

    id: Mapped[Key]
    name: Mapped[Text]
    filltype: Mapped[Num]  # 1: the least full server, 2: the default server until it is full


class ServerGroupRel(Base):
    """Which servers are in which group."""

    __tablename__ = "tblservergroupsrel"

    id: Mapped[Key]
    groupid: Mapped[Ref]  # tblservergroups.id
    serverid: Mapped[Ref]  # tblservers.id


class ServerRemote(Base):
    """What a server's module last said about the server: how many accounts it has, and details of its own."""

    __tablename__ = "tblservers_remote"

    id: Mapped[Key]
    server_id: Mapped[Ref]  # tblservers.id
    num_accounts: Mapped[Num]
    meta_data: Mapped[Text]  # JSON: accounts {total, owned}, metaData as the module returned it, error
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]

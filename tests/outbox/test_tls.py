"""Mail servers that want TLS and a password; ours insists on a certificate it can check."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ptgsched.db import db
from ptgsched.outbox.models import MailState
from tests.outbox.test_delivery import deliver, hello, state_of

pytestmark = pytest.mark.usefixtures("templates")
PASSWORD = "p%40g:s%20e%3Acret"


@pytest.fixture
def certificate(tmp_path):
    """A certificate for 127.0.0.1 that nobody has signed but itself; its file and its key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    at = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "mail.pem", tmp_path / "mail.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return tuple(map(str, files))


@pytest.mark.parametrize(
    ("kind", "scheme"), [("starttls", "smtp+starttls"), ("smtps", "smtps"), ("starttls", "smtp")]
)
def test_over_tls_with_a_password(
    kind, scheme, make_app, sqlite_url, smtp, certificate, monkeypatch
):
    smtp.start(kind, *certificate)
    monkeypatch.setenv("SSL_CERT_FILE", certificate[0])
    app = make_app(sqlite_url, mail_url=f"{scheme}://{PASSWORD}@127.0.0.1:{smtp.port}")
    with app.app_context():
        hello(1)
        db.session.commit()
        deliver(app.extensions["ptgsched"])
        assert state_of(1).state == MailState.SENT, state_of(1).answer
    [row] = smtp.mails
    assert row["auth"]


@pytest.mark.parametrize(
    ("scheme", "password", "said"),
    [
        ("smtp+starttls", PASSWORD, "certificate verify failed"),
        ("smtp", PASSWORD, "certificate verify failed"),  # a password is sent to no stranger
        ("trusted", "p%40g:wrong", "535 "),
    ],
)
def test_who_cannot_be_trusted_or_does_not_trust_us_gets_nothing_and_nothing_is_lost(
    scheme, password, said, make_app, sqlite_url, smtp, certificate, monkeypatch
):
    smtp.start("starttls", *certificate)
    if scheme == "trusted":
        monkeypatch.setenv("SSL_CERT_FILE", certificate[0])
        scheme = "smtp+starttls"
    app = make_app(sqlite_url, mail_url=f"{scheme}://{password}@127.0.0.1:{smtp.port}")
    with app.app_context():
        hello(1)
        db.session.commit()
        deliver(app.extensions["ptgsched"])
        mail = state_of(1)
        assert (mail.state, mail.attempts) == (MailState.WAITING, 0)
        assert said in mail.answer
    assert smtp.mails == []


def test_without_a_password_any_tls_is_better_than_none(make_app, sqlite_url, smtp, certificate):
    smtp.start("starttls", *certificate)
    app = make_app(sqlite_url, mail_url=f"smtp://127.0.0.1:{smtp.port}")
    with app.app_context():
        hello(1)
        db.session.commit()
        deliver(app.extensions["ptgsched"])
        # It came as far as the password, which this server wants and we have not.
        assert state_of(1).answer.startswith("530 ")

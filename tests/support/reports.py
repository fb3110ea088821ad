"""Mails as servers send them back."""


def a_bounce(
    to: str, status: str, *, action: str = "failed", quoted: bytes = b"Subject: Dag"
) -> bytes:
    """As Postfix writes it; what it says of the recipient is not true of any."""
    head = f"""From: MAILER-DAEMON@elders.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="deel"

--deel
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--deel
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.elders.example
X-Postfix-Queue-ID: 4A1B2C3D4E

Final-Recipient: rfc822; iemand@elders.example
Original-Recipient: rfc822;iemand@elders.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <iemand@elders.example>: Recipient address
    rejected

--deel
Content-Type: text/rfc822-headers

"""
    return head.replace("\n", "\r\n").encode() + quoted + b"\r\n--deel--\r\n"


def a_complaint(sender: str, to: str = "klachten@post.example") -> bytes:
    """As a mail provider passes on that somebody pressed "spam" (RFC 5965)."""
    return f"""From: feedback@elders.example
To: {to}
Subject: FW: 3 opgaven die bij je passen
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="deel"

--deel
Content-Type: text/plain

This is an email abuse report.

--deel
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Klachten/1.0
Version: 1
Original-Mail-From: <{sender}>

--deel
Content-Type: message/rfc822

Subject: 3 opgaven die bij je passen

--deel--
""".replace("\n", "\r\n").encode()

"""The invented marketing programmes a sample log is drawn from: a retail bank's and a shop's."""

from __future__ import annotations

from typing import NamedTuple


class OfferProfile(NamedTuple):
    """One offer and how customers take to it."""

    name: str
    theme: str  # opens the names of its creatives
    status: str
    volume: int  # presentations, relative to the other offers
    clicks: int  # of 1,000 presentation journeys, those that click
    follows: int  # of 1,000 clicks, those that go on to accept or convert
    value: tuple[int, int]  # a conversion's money, lowest and highest, whole units
    channels: str  # initials of CHANNELS
    begins: int = 999  # first and last day on show, counted back from the log's last day
    ends: int = 0


class ChannelProfile(NamedTuple):
    """One channel and its rhythm."""

    id: str
    name: str
    format: str  # what its creatives are called
    share: int  # of an offer's presentations, relative to the other channels
    clicks: int  # of 1,000: how its clicks compare with the offer's own
    hours: str  # 24 digits: how busy each hour of the UTC day is
    outbound: int  # of 1,000 journeys, those the company begins
    late: int  # of 1,000 rows, those that reach the log days after they happened
    contexts: tuple[str, ...]


class Programme(NamedTuple):
    """One company's offers, the rhythm of its week, and the channel that lately went wrong."""

    offers: tuple[OfferProfile, ...]
    week: tuple[int, ...]  # how busy Monday to Sunday are, of 1,000
    faltering: str | None  # initial of the channel whose clicks fall in the last seven days


CHANNELS = {
    "E": ChannelProfile("ch_email", "Email", "Email Hero", 38, 1040, "000001379875545568754210", 1000, 10, (
        '{"device":"mobile","source":"newsletter"}', '{"device":"desktop","source":"newsletter"}',
        '{"device":"mobile","source":"reminder"}', '{"device":"tablet","source":"newsletter"}')),
    "W": ChannelProfile("ch_web", "Web", "Web Banner", 34, 960, "211001234566665567899875", 0, 7, (
        '{"device":"desktop","pageUrl":"/home"}', '{"device":"mobile","pageUrl":"/home"}',
        '{"device":"mobile","pageUrl":"/account"}',
        '{"device":"desktop","pageUrl":"/offers","utm_medium":"search"}')),
    "P": ChannelProfile("ch_push", "Push", "Push Alert", 16, 900, "000000035432687433589630", 1000, 8, (
        '{"device":"mobile","os":"android"}', '{"device":"mobile","os":"ios"}')),
    "S": ChannelProfile("ch_sms", "SMS", "SMS Text", 7, 1000, "000000002578654567764100", 1000, 14, (
        '{"device":"mobile","source":"reminder"}', "{}")),
    "C": ChannelProfile("ch_call", "Call centre", "Call Script", 5, 1080, "000000027997468876300000", 300, 120, (
        '{"location":"Zürich"}', '{"location":"Leeds","source":"callback"}', "{}")),
}

BANK = Programme(week=(1080, 1100, 1060, 1040, 980, 620, 540), faltering="E", offers=(
    OfferProfile("Platinum Card Upgrade", "Platinum", "active", 1000, 255, 300, (95, 240), "EWPC"),
    OfferProfile("Everyday Cashback Card", "Cashback", "active", 820, 258, 330, (25, 60), "EWPS"),
    OfferProfile("Student Saver Bonus", "Student", "active", 640, 235, 360, (10, 50), "EWPS"),
    OfferProfile("Instant Access Saver", "Instant Saver", "active", 540, 215, 310, (15, 90), "EW"),
    OfferProfile("Personal Loan Fast Track", "Fast Loan", "active", 430, 190, 240, (180, 1400), "EWC"),
    OfferProfile("Green Mortgage Rate Lock", "Green Mortgage", "active", 340, 150, 190, (900, 4200), "EWC"),
    OfferProfile("Mobile Wallet Welcome", "Wallet", "active", 300, 250, 420, (5, 15), "WP"),
    OfferProfile("Home Insurance Bundle", "Home Cover", "active", 260, 135, 230, (140, 460), "EWC"),
    OfferProfile("Overdraft Fee Holiday", "Overdraft", "active", 220, 225, 380, (0, 30), "EWPS"),
    OfferProfile("Balance Transfer 18 Months", "Transfer", "active", 190, 205, 300, (40, 210), "EW"),
    OfferProfile("Travel Insurance Annual", "Travel Cover", "active", 170, 160, 270, (49, 130), "EWP", 75),
    OfferProfile("Gold Account Switch Bonus", "Switch", "active", 150, 180, 290, (100, 175), "EWS"),
    OfferProfile("Junior Account Opening", "Junior", "active", 130, 165, 350, (5, 40), "EW"),
    OfferProfile("Car Finance Pre-approval", "Car Finance", "active", 115, 120, 180, (260, 1900), "EWC"),
    OfferProfile("Pension Top-up Reminder", "Pension", "active", 100, 75, 220, (200, 2500), "EC"),
    OfferProfile("Remortgage Review", "Remortgage", "active", 90, 90, 170, (700, 3600), "EWC"),
    OfferProfile("Foreign Currency Account", "Currency", "active", 80, 105, 260, (20, 120), "EW"),
    OfferProfile("Round-up Savings Pots", "Round-up", "active", 75, 240, 400, (2, 12), "WP", 40),
    OfferProfile("Premier Client Invitation", "Premier", "active", 60, 85, 250, (250, 900), "EC"),
    OfferProfile("Contactless Ring Pilot", "Ring", "active", 50, 195, 330, (29, 59), "WP", 30),
    OfferProfile("Business Card Fee Waiver", "Business Card", "paused", 120, 145, 280, (60, 190), "EW", 999, 21),
    OfferProfile("Fixed Term Bond 2 Years", "Bond", "paused", 95, 110, 260, (150, 2100), "EW", 999, 35),
    OfferProfile("Gadget Insurance Trial", "Gadget Cover", "paused", 60, 130, 240, (6, 18), "EWP", 999, 48),
    OfferProfile("Spring ISA Season", "Spring ISA", "archived", 420, 220, 340, (50, 800), "EWPS", 999, 92),
    OfferProfile("Tax Year End Saver", "Tax Year", "archived", 260, 200, 310, (40, 600), "EWS", 999, 110),
    OfferProfile("Refer a Friend 50", "Referral", "archived", 150, 170, 370, (50, 50), "EW", 999, 60),
    OfferProfile("Winter Heating Loan", "Heating Loan", "archived", 80, 95, 210, (90, 520), "EC", 999, 130),
    OfferProfile("Paperless Statement Switch", "Paperless", "deleted", 140, 210, 450, (0, 5), "EW", 999, 85),
    OfferProfile("Telephone Banking Sign-up", "Telephone", "deleted", 40, 52, 200, (0, 10), "SC", 999, 120),
    OfferProfile("Estate Planning Call", "Estate", "active", 30, 55, 230, (180, 750), "EC"),
    OfferProfile("Art Loan Advisory", "Art Loan", "active", 16, 36, 150, (800, 5200), "EC"),
    OfferProfile("Wealth Portfolio Preview", "Wealth", "draft", 0, 100, 250, (300, 2000), "EW"),
))

SHOP = Programme(week=(900, 880, 910, 960, 1120, 1240, 990), faltering=None, offers=(
    OfferProfile("Members' Weekend 20 % Off", "Members' Weekend", "active", 1000, 260, 420, (18, 160), "EWPS"),
    OfferProfile("Free Delivery This Week", "Free Delivery", "active", 860, 250, 440, (22, 140), "EWP"),
    OfferProfile("New In: Autumn Knitwear", "Knitwear", "active", 620, 210, 260, (35, 130), "EWP"),
    OfferProfile("Complete the Look", "Complete the Look", "active", 520, 190, 240, (15, 95), "W"),
    OfferProfile("Basket Reminder", "Basket", "active", 450, 258, 480, (20, 180), "EP"),
    OfferProfile("Double Points Days", "Double Points", "active", 360, 240, 390, (12, 110), "EWPS"),
    OfferProfile("Store Card 0 % Plan", "Store Card", "active", 300, 125, 200, (120, 650), "EWC"),
    OfferProfile("Crème de la Crème Beauty Box", "Beauty Box", "active", 260, 205, 310, (24, 59), "EWP"),
    OfferProfile("Back to School Bundle", "School", "active", 230, 215, 370, (28, 120), "EWS", 60),
    OfferProfile("Running Shoe Trade-in", "Trade-in", "active", 190, 155, 280, (45, 150), "EW"),
    OfferProfile("Home Refresh Lookbook", "Home Refresh", "active", 170, 140, 180, (30, 420), "EW"),
    OfferProfile("Birthday Treat", "Birthday", "active", 150, 245, 460, (10, 60), "EP"),
    OfferProfile("Click and Collect Saver", "Collect", "active", 135, 195, 410, (15, 85), "WP"),
    OfferProfile("Gift Card Top-up", "Gift Card", "active", 120, 150, 350, (25, 200), "EW"),
    OfferProfile("Wine Case Subscription", "Wine Case", "active", 105, 110, 230, (48, 144), "EW"),
    OfferProfile("Personal Styling Session", "Styling", "active", 90, 95, 270, (60, 380), "EWC"),
    OfferProfile("Kids' Shoe Fitting", "Shoe Fitting", "active", 80, 130, 330, (22, 54), "ES"),
    OfferProfile("Garden Furniture Preview", "Garden", "active", 70, 100, 190, (90, 890), "EW"),
    OfferProfile("Appliance Care Plan", "Care Plan", "active", 60, 60, 210, (39, 149), "EC"),
    OfferProfile("App Exclusive Early Access", "Early Access", "active", 55, 245, 380, (20, 150), "P", 35),
    OfferProfile("Denim Fit Finder", "Denim", "paused", 140, 200, 300, (40, 110), "EW", 999, 18),
    OfferProfile("Coffee Machine Trial", "Coffee", "paused", 85, 120, 220, (79, 349), "EWP", 999, 40),
    OfferProfile("Summer Clearance", "Summer", "archived", 480, 235, 430, (8, 90), "EWPS", 999, 55),
    OfferProfile("Festival Packing List", "Festival", "archived", 200, 185, 280, (12, 75), "EWP", 999, 80),
    OfferProfile("Swim Shop Launch", "Swim Shop", "archived", 150, 175, 290, (18, 70), "EW", 999, 105),
    OfferProfile("Bank Holiday Flash Sale", "Flash Sale", "archived", 130, 250, 450, (10, 120), "EPS", 999, 120),
    OfferProfile("Paper Catalogue Request", "Catalogue", "deleted", 90, 70, 240, (0, 0), "EC", 999, 95),
    OfferProfile("Loyalty Stamp Card", "Stamp Card", "deleted", 70, 115, 320, (5, 25), "ES", 999, 70),
    OfferProfile("Bridal Appointment", "Bridal", "active", 28, 42, 260, (250, 1900), "EC"),
    OfferProfile("Fur-free Pledge Story", "Pledge", "active", 18, 34, 100, (15, 60), "E"),
    OfferProfile("Winter Sale Teaser", "Winter Sale", "draft", 0, 200, 300, (10, 120), "EWP"),
))


def programme(seed: int) -> Programme:
    """The programme a seed stands for: the bank's when it is even, the shop's when it is odd."""
    return SHOP if seed % 2 else BANK

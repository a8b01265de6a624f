"""What the databases are about. Data, and nothing else."""

from porism.search.environments.sqlite.words import (
    CITIES,
    COUNTRIES,
    DAYS,
    Link,
    Table,
    choice,
    money,
    people,
    whole,
)

SHOP = (
    people(
        "customers", "customer", "customers",
        choice("city", "city", "from {}", *CITIES),
        choice("tier", "tier", "in the {} tier", "basic", "silver", "gold"),
        whole("points", "number of points", 0, 900, 5),
    ),
    Table(
        "products", "product", "products",
        (
            choice("category", "category", "in the {} category", "kitchen", "garden", "toys", "office", "sport"),
            money("price", "price", 2, 90),
            whole("stock", "stock", 0, 120),
        ),
        title="name",
        parts=(
            ("Red", "Blue", "Small", "Folding", "Wooden", "Classic", "Light", "Baker's", "Heavy", "Travel"),
            ("Lamp", "Kettle", "Chair", "Kite", "Stapler", "Basket", "Shovel", "Racket", "Tray", "Clock"),
        ),
    ),
    Table(
        "orders", "order", "orders",
        (
            whole("quantity", "quantity", 1, 12),
            choice("status", "status", "with the status {}", "open", "paid", "shipped", "returned"),
            choice("ordered_on", "order date", "dated {}", *DAYS),
        ),
        (Link("customer_id", "customers", "placed by {}"), Link("product_id", "products", "for {}")),
    ),
)  # fmt: skip

LIBRARY = (
    people(
        "members", "member", "members",
        choice("city", "city", "living in {}", *CITIES),
        money("fine", "open fine", 0, 12),
    ),
    Table(
        "books", "book", "books",
        (
            choice("genre", "genre", "in the {} genre", "mystery", "history", "poetry", "science", "travel"),
            whole("pages", "number of pages", 80, 700, 4, fixed=True),
            whole("copies", "number of copies", 1, 9),
        ),
        title="title",
        parts=(
            ("The Silent", "A Distant", "The Last", "My Father's", "An Empty", "The Northern", "Her Second"),
            ("Harbour", "Garden", "Winter", "Letter", "Orchard", "Mirror", "Station", "Compass", "Bridge"),
        ),
    ),
    Table(
        "loans", "loan", "loans",
        (
            whole("days", "number of days", 7, 42, 7),
            choice("state", "state", "that are {}", "active", "overdue", "returned"),
        ),
        (Link("member_id", "members", "taken out by {}"), Link("book_id", "books", "of {}")),
    ),
)  # fmt: skip

CLINIC = (
    people(
        "doctors", "doctor", "doctors",
        choice("speciality", "speciality", "specialised in {}", "cardiology", "dermatology", "paediatrics", "surgery"),
        whole("room", "room number", 101, 140, adds=False),
    ),
    people(
        "patients", "patient", "patients",
        choice("city", "city", "from {}", *CITIES),
        choice("insurance", "insurance", "with {} insurance", "public", "private", "no"),
        whole("age", "age", 1, 95, fixed=True),
    ),
    Table(
        "visits", "visit", "visits",
        (
            money("fee", "fee", 20, 200),
            choice("status", "status", "with the status {}", "planned", "done", "cancelled"),
            choice("day", "day", "on {}", *DAYS),
        ),
        (Link("doctor_id", "doctors", "to {}"), Link("patient_id", "patients", "made by {}")),
    ),
)  # fmt: skip

SCHOOL = (
    people(
        "teachers", "teacher", "teachers",
        choice("subject", "subject", "of {}", "maths", "biology", "history", "music"),
        whole("hours", "number of weekly hours", 8, 28),
    ),
    Table(
        "courses", "course", "courses",
        (
            choice("level", "level", "at {} level", "beginner", "middle", "advanced"),
            whole("seats", "number of seats", 8, 40),
        ),
        (Link("teacher_id", "teachers", "given by {}"),),
        title="title",
        parts=(
            ("Practical", "Modern", "Introductory", "Applied", "Evening", "Intensive"),
            ("Algebra", "Botany", "Choir", "Statistics", "Archaeology", "Genetics", "Harmony"),
        ),
    ),
    people(
        "students", "student", "students",
        choice("city", "city", "from {}", *CITIES),
        whole("year", "year of study", 1, 6, adds=False),
    ),
    Table(
        "enrolments", "enrolment", "enrolments",
        (
            whole("mark", "mark", 1, 20),
            choice("status", "status", "with the status {}", "active", "finished", "dropped"),
        ),
        (Link("student_id", "students", "of {}"), Link("course_id", "courses", "in {}")),
    ),
)  # fmt: skip

MUSEUM = (
    people(
        "artists", "artist", "artists",
        choice("country", "country", "from {}", *COUNTRIES),
        whole("born", "year of birth", 1820, 1985, fixed=True, adds=False),
    ),
    Table(
        "paintings", "painting", "paintings",
        (
            choice("style", "style", "in the {} style", "cubist", "baroque", "abstract", "impressionist"),
            choice("room", "room", "hanging in the {} room", "north", "south", "east", "west"),
            whole("insured", "insured value", 1_000, 90_000, 500),
        ),
        (Link("artist_id", "artists", "by {}"),),
        title="title",
        parts=(
            ("Morning", "Still Life", "Portrait", "Study", "Night", "Self-Portrait", "Landscape"),
            ("with Pears", "in Blue", "by the Sea", "with a Cat", "in the Rain", "No. 2", "under Snow"),
        ),
    ),
)  # fmt: skip

HOTEL = (
    people(
        "guests", "guest", "guests",
        choice("country", "country", "from {}", *COUNTRIES),
        choice("language", "language", "speaking {}", "English", "French", "Spanish", "Japanese"),
    ),
    Table(
        "rooms", "room", "rooms",
        (
            choice("kind", "kind", "of the {} kind", "single", "double", "suite"),
            whole("floor", "floor", 1, 5, fixed=True, adds=False),
            money("price", "nightly price", 45, 260),
        ),
        title="name",
        parts=(
            ("Garden", "Lake", "Tower", "Corner", "Attic", "Rose"),
            ("Room", "View", "Nest", "Suite", "Studio"),
        ),
    ),
    Table(
        "bookings", "booking", "bookings",
        (
            whole("nights", "number of nights", 1, 14),
            choice("status", "status", "with the status {}", "requested", "confirmed", "cancelled"),
            choice("arrival", "arrival date", "with arrival on {}", *DAYS),
        ),
        (Link("guest_id", "guests", "made by {}"), Link("room_id", "rooms", "for {}")),
    ),
)  # fmt: skip

CINEMA = (
    Table(
        "films", "film", "films",
        (
            choice("genre", "genre", "in the {} genre", "drama", "comedy", "thriller", "animation"),
            whole("minutes", "running time in minutes", 72, 195, fixed=True),
            choice("rating", "age rating", "rated {}", "all ages", "12 and over", "16 and over"),
        ),
        title="title",
        parts=(
            ("Return to", "Night over", "Postcards from", "The Road to", "Farewell,"),
            ("Valencia", "Saturn", "Dover Street", "the Lighthouse", "Samarkand", "Nowhere"),
        ),
    ),
    Table(
        "showings", "showing", "showings",
        (
            choice("hall", "hall", "in the {} hall", "large", "small", "open-air"),
            whole("tickets", "number of tickets sold", 0, 180),
            money("price", "ticket price", 5, 16),
            choice("day", "day", "on {}", *DAYS),
        ),
        (Link("film_id", "films", "of {}"),),
    ),
)  # fmt: skip

GARAGE = (
    people(
        "owners", "owner", "owners",
        choice("city", "city", "from {}", *CITIES),
        money("balance", "open balance", 0, 800),
    ),
    Table(
        "cars", "car", "cars",
        (
            choice("fuel", "fuel", "running on {}", "petrol", "diesel", "electricity"),
            whole("mileage", "mileage", 4_000, 190_000, 500),
        ),
        (Link("owner_id", "owners", "owned by {}"),),
        title="plate",
        parts=(("KX", "BR", "LM", "TZ", "HV", "PD"), ("104", "227", "391", "458", "603", "716", "882", "959")),
    ),
    Table(
        "repairs", "repair", "repairs",
        (
            choice("work", "work", "of the {}", "brakes", "engine", "exhaust", "tyres", "gearbox"),
            money("cost", "cost", 30, 900),
            choice("status", "status", "with the status {}", "waiting", "started", "finished"),
        ),
        (Link("car_id", "cars", "on {}"),),
    ),
)  # fmt: skip

DOMAINS: dict[str, tuple[Table, ...]] = {
    "a small shop": SHOP,
    "a public library": LIBRARY,
    "a clinic": CLINIC,
    "an evening school": SCHOOL,
    "a museum": MUSEUM,
    "a hotel": HOTEL,
    "a cinema": CINEMA,
    "a garage": GARAGE,
}

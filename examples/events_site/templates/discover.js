"use strict";
(() => {
  const css = {{ css|tojson }};
  const note = {{ note|tojson }};
  const changed = {{ changed|tojson }};
  const root = document.getElementById("__events");
  const sentinel = document.getElementById("__more");
  const { kind, data } = JSON.parse(document.getElementById("__NEXT_DATA__").textContent).props.pageProps.initialData;
  const topic = kind === "discover-place" ? location.pathname.split("/")[2] : undefined;
  let cursor = data.next_cursor;
  let hasMore = data.has_more;
  let loading = false;
  let failures = 0;
  let section = null;
  let shownDay = null;

  const make = (tag, role, ...children) => {
    const element = document.createElement(tag);
    if (role) element.className = css[role] + " " + role.charAt(0) + "-" + css[role].slice(-4);
    element.append(...children);
    return element;
  };
  const format = (event, options) =>
    new Intl.DateTimeFormat("en-US", { timeZone: event.timezone, ...options }).format(new Date(event.start_at));
  const dayOf = (event) => format(event, { weekday: "long", month: "long", day: "numeric" });
  const timeOf = (event) => format(event, { weekday: "short", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" });

  const venueOf = (event) => {
    const address = event.geo_address_info;
    if (!address) return "Online";
    return (address.mode === "shown" ? address.address : "Register to see the address") + ", " + address.city;
  };
  const priceOf = (ticket) => amountOf(ticket) + (ticket.is_sold_out ? " · Sold out" : "");
  const amountOf = (ticket) => {
    if (ticket.is_free) return "Free";
    if (!ticket.price) return "Price on the site";
    const currency = ticket.price.currency.toUpperCase();
    const digits = currency === "JPY" ? 1 : 100;
    return new Intl.NumberFormat("en-US", { style: "currency", currency }).format(Number(ticket.price.cents) / digits);
  };
  const timeElement = (event) => {
    const time = make("time", "when", timeOf(event));
    time.dateTime = event.start_at;
    return time;
  };
  const link = (address, ...children) => {
    const anchor = make("a", null, ...children);
    anchor.href = address;
    return anchor;
  };
  const coverOf = (event) => {
    const image = make("img", "cover");
    image.src = event.cover_url;
    image.alt = note || "";
    image.width = image.height = 96;
    return image;
  };

  const card = (entry) => {
    const { event, calendar, ticket_info: ticket } = entry;
    const organiser = make("div", "by", "By ", link("/" + calendar.slug, calendar.name));
    const body = make("div", "body", timeElement(event), make("h3", "title", link("/" + event.url, event.name)),
      organiser, make("div", "venue", venueOf(event)), make("div", "price", priceOf(ticket)));
    return make("div", "card", body, coverOf(event));
  };
  const changedCard = (entry) => {
    const { event, calendar, ticket_info: ticket } = entry;
    const facts = make("ul", "body");
    for (const [role, child] of [["when", timeElement(event)], ["venue", venueOf(event)], ["price", priceOf(ticket)],
      ["by", link("/" + calendar.slug, calendar.name)]]) facts.append(make("li", role, child));
    const header = make("header", "heading", link("/" + event.url, make("strong", "title", event.name)));
    return make("li", null, make("article", "card", coverOf(event), make("section", null, header, facts)));
  };

  const show = (entries) => {
    for (const entry of entries) {
      if (topic && !entry.categories.some((category) => category.slug === topic)) continue;
      const day = dayOf(entry.event);
      if (day !== shownDay) {
        shownDay = day;
        section = make(changed ? "ol" : "div", null);
        const heading = make(changed ? "h4" : "h2", "heading", day);
        root.append(make(changed ? "section" : "div", "section", heading, section));
      }
      const made = changed ? changedCard(entry) : card(entry);
      if (note) made.setAttribute("data-note", note);
      section.append(made);
    }
    if (!root.firstChild && !hasMore) root.append(make("p", null, "No events yet."));
  };

  const address = () => {
    const query = new URLSearchParams();
    if (kind === "discover-place") query.set("discover_place_api_id", data.place.api_id);
    if (kind === "category") query.set("slug", data.category.slug);
    if (kind === "calendar") { query.set("calendar_api_id", data.calendar.api_id); query.set("period", "future"); }
    query.set("pagination_limit", "25");
    query.set("pagination_cursor", cursor);
    return (kind === "calendar" ? "/calendar/get-items?" : "/discover/get-paginated-events?") + query;
  };
  const more = async () => {
    if (loading || !hasMore) return;
    loading = true;
    const response = await fetch(address());
    if (response.ok) {
      const page = await response.json();
      cursor = page.next_cursor;
      hasMore = page.has_more;
      show(page.entries);
    }
    loading = false;
    if (!response.ok) {
      const wait = 1000 * Number(response.headers.get("Retry-After") || 0.25);
      if (failures++ < 5) setTimeout(more, wait);
      return;
    }
    failures = 0;
    if (hasMore && sentinel.getBoundingClientRect().top < innerHeight) await more();
  };

  show(data.events);
  new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && more()).observe(sentinel);
})();

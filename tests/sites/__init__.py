"""Small sites of unlike kinds, each with questions and their true answers; nothing in the product knows them."""

"""What plain English nouns are called on pages in other languages: German, French, Spanish, Italian and Dutch.

Only nouns and colours that listings of many kinds have; each stands as a whole word, folded. Words that mean
something else in English ("pain", "camera") are left out, since texts do not say what language they are in.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

_TABLE = """
flat: wohnung wohnungen appartement appartements piso pisos appartamento appartamenti
apartment: wohnung wohnungen appartement appartements piso pisos apartamento appartamento appartamenti
house: haus hauser maison maisons casas huis huizen
room: zimmer habitacion habitaciones locali kamer kamers
rooms: zimmer habitacion habitaciones locali kamer kamers
bedroom: schlafzimmer chambre chambres dormitorio dormitorios slaapkamer slaapkamers
bathroom: badezimmer bano banos bagno badkamer
balcony: balkon balcon balcone
garden: garten jardin giardino tuin
garage: garaje autorimessa
rent: miete kaltmiete loyer alquiler affitto huur
area: flache wohnflache oppervlakte
m2: flache wohnflache oppervlakte
size: grosse taille tamano taglia maat
price: preis prix precio prezzo prijs
city: stadt ort ville ciudad citta
street: strasse rue calle straat
car: auto wagen pkw voiture voitures coche coches
used: gebraucht occasion usado usata usato tweedehands
year: jahr baujahr annee ano anno jaar bouwjaar
mileage: kilometerstand kilometrage kilometraje chilometraggio
estate: kombi
convertible: cabrio cabriolet descapotable
petrol: benzin gasolina benzina benzine
electric: elektro elektrisch electrique electrico elettrico elettrica
automatic: automatik automatique automatico automatica automaat
book: buch bucher livre livres libro libros libri boek boeken
novel: roman romane novela novelas romanzo romanzi
film: film filme films pelicula peliculas
concert: konzert konzerte
exhibition: ausstellung ausstellungen exposicion mostra mostre tentoonstelling
lecture: vortrag vortrage charla conferenza lezing
course: kurs kurse curso cursos corso corsi cursus
market: markt marche mercado mercato
party: feier fete fiesta festa feest
children: kinder enfants ninos bambini kinderen
family: familie famille familia famiglia gezin
recipe: rezept rezepte recette recettes receta recetas ricetta ricette recept recepten
soup: suppe suppen soupe soupes sopa sopas zuppa zuppe soep
salad: salat salate salade salades ensalada insalata
dessert: nachtisch postre dolce nagerecht
cake: kuchen torte gateau tarta taart
bread: brot
cheese: kase fromage queso formaggio kaas
wine: wein vin vino wijn
chicken: huhn hahnchen poulet
fish: fisch poisson pescado pesce
vegetarian: vegetarisch vegetarien vegetariano vegetariana
vegan: vegane veganes veganer vegetalien
job: stelle stellen stellenangebot emploi emplois empleo lavoro vacature
nurse: pflegekraft krankenpfleger krankenschwester infirmier infirmiere enfermera enfermero infermiere
teacher: lehrer lehrerin lehrkraft professeur profesor profesora insegnante leraar
part time: teilzeit deeltijd
full time: vollzeit   voltijd
shoe: schuh schuhe chaussure chaussures zapato zapatos scarpa scarpe schoen schoenen
jacket: jacke jacken veste vestes chaqueta chaquetas giacca giacche
bag: tasche taschen sacs bolso bolsos borsa borse tas tassen
red: rot rote roter rotes rojo roja rossa rood
blue: blau blaue bleu bleue azul blu blauw
black: schwarz schwarze negro negra nero nera zwart
white: weiss weisse blanc blanche blanco blanca bianca
green: grun grune vert verte verde groen
free: kostenlos gratuit gratuito gratis
"""

FOREIGN: Final = MappingProxyType(
    {name.strip(): tuple(words.split()) for name, words in (line.split(":") for line in _TABLE.strip().splitlines())}
)
"""An English noun (folded, singular) to its names elsewhere."""

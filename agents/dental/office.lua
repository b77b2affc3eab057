-- office.lua - what everybody is told who calls, without a look into the records.
return {
  address = "4 Barton Street, York",
  hours = "Monday to Friday from eight to six; on Saturdays from nine to noon by telephone only",
  dentists = "Dr Shah (Monday to Thursday), Dr Moreau (Tuesday to Friday)",
  parking = "behind the house, with two wide places; the ground floor has no steps",
}

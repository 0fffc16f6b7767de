import streamlit as st
from pages.components import page
page.begin("Digit Lab","home")
